import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { instant } from "../agent/caller-card.ts";
import { useExtensionNames } from "../agent/colleagues.ts";
import { customerQuery } from "../agent/customer-query.ts";
import { readable } from "../format/number.ts";
import { clock, elapsed, moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { type CallWords, useCallWords } from "./call-words.ts";

type Props = { readonly call: Call; readonly names: ReadonlyMap<string, string>; readonly onClose: () => void };

/** All that is known of one call, beside the list. */
export function CallDetails({ call, names, onClose }: Props) {
  const text = useTexts();
  const close = (
    <Button size="compact-xs" variant="default" onClick={onClose}>
      {text("calls.close")}
    </Button>
  );
  return (
    <Section title={text("calls.details")} className="fill call-details" aside={close}>
      <CallFacts call={call} names={names} />
    </Section>
  );
}

/** The customer is asked for only now, as looking at one is written down. */
export function CallFacts({ call, names }: Pick<Props, "call" | "names">) {
  const text = useTexts();
  const words = useCallWords();
  const extensions = useExtensionNames();
  const { customerId, queuedAt } = call;
  const customer = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" }).data;
  const facts: readonly (readonly [string, string])[] = [
    [text("calls.customer"), customerId === "" ? text("calls.unknownCustomer") : (customer?.name ?? "…")],
    [text("calls.number"), readable(call.callerNumber) || text("call.withheld")],
    [text("calls.direction"), text(call.direction === "outbound" ? "calls.outbound" : "calls.inbound")],
    [text("calls.at"), queuedAt ? moment(instant(queuedAt), Date.now(), text.language) : "–"],
    [text("calls.queue"), words.queue(call)],
    [text("calls.agent"), names.get(call.employeeId) ?? "–"],
    [text("calls.outcome"), words.outcome(call)],
    [text("calls.disposition"), words.disposition(call)],
    ...(call.wrapUps.some(({ note }) => note) ? [[text("calls.notes"), notes(call, names)] as const] : []),
    ...(call.handovers.length > 0 ? [[text("handover.title"), handovers(call, { names, extensions, words, text })] as const] : []),
    ...measured(call, text),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What each agent wrote of it. */
function notes({ wrapUps }: Call, names: ReadonlyMap<string, string>): string {
  return wrapUps.flatMap(({ employeeId, note }) => (note ? [`${names.get(employeeId) ?? "–"}: ${note}`] : [])).join("\n");
}

type Known = {
  readonly names: ReadonlyMap<string, string>;
  readonly extensions: ReadonlyMap<string, string>;
  readonly words: CallWords;
  readonly text: Texts;
};

/** Who wanted to hand it on to whom, and what they said of it. */
function handovers(call: Call, { names, extensions, words, text }: Known): string {
  const whom = (extension: string) => [extensions.get(extension), extension].filter(Boolean).join(" · ");
  return call.handovers
    .map(({ employeeId, extension, queue, note }) => {
      const line = text("handover.line", { name: names.get(employeeId) ?? "–", to: queue ? words.queue({ queue }) : whom(extension) });
      return note ? `${line}: ${note}` : line;
    })
    .join("\n");
}

/** Times and qualities, each only where there is one. */
function measured(call: Call, text: Texts): readonly (readonly [string, string])[] {
  const { queuedAt, answeredAt, endedAt, talkMs, holdMs, mos, lossPercent, callerVerdict, recording, queueCallback } = call;
  const waited = queuedAt && answeredAt ? instant(answeredAt) - instant(queuedAt) : -1;
  const all: readonly (readonly [boolean, string, () => string])[] = [
    [waited >= 0, text("calls.waited"), () => elapsed(waited)],
    [talkMs > 0n, text("calls.talk"), () => elapsed(Number(talkMs))],
    [holdMs > 0n, text("calls.hold"), () => elapsed(Number(holdMs))],
    [endedAt !== undefined, text("calls.endedAt"), () => clock(instant(endedAt), text.language)],
    [callerVerdict !== "", text("calls.verdict"), () => text.code("verdict", callerVerdict)],
    [queueCallback !== "", text("calls.callback"), () => text.code("queueCallback", queueCallback)],
    [mos > 0, text("calls.quality"), () => mos.toFixed(1)],
    [mos > 0, text("calls.loss"), () => `${lossPercent.toFixed(1)} %`],
    [recording !== undefined, text("calls.recording"), () => text.code("recording", recording?.state ?? "")],
  ];
  return all.flatMap(([there, name, value]) => (there ? [[name, value()] as const] : []));
}
