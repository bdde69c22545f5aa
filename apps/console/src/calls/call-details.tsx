import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { instant } from "../agent/caller-card.ts";
import { customerQuery } from "../agent/customer-card.tsx";
import { clock, elapsed, moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Section } from "../ui/section.tsx";
import { useCallWords } from "./call-words.ts";

type Props = { readonly call: Call; readonly names: ReadonlyMap<string, string>; readonly onClose: () => void };

/** All that is known of one call; the customer is asked for only now, as looking at one is written down. */
export function CallDetails({ call, names, onClose }: Props) {
  const text = useTexts();
  const words = useCallWords();
  const { customerId, queuedAt } = call;
  const customer = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" }).data;
  const close = (
    <Button size="compact-xs" variant="default" onClick={onClose}>
      {text("calls.close")}
    </Button>
  );
  const facts: readonly (readonly [string, string])[] = [
    [text("calls.customer"), customerId === "" ? text("calls.unknownCustomer") : (customer?.name ?? "…")],
    [text("calls.number"), call.callerNumber || text("call.withheld")],
    [text("calls.direction"), text(call.direction === "outbound" ? "calls.outbound" : "calls.inbound")],
    [text("calls.at"), queuedAt ? moment(instant(queuedAt), Date.now(), text.language) : "–"],
    [text("calls.queue"), words.queue(call)],
    [text("calls.agent"), names.get(call.employeeId) ?? "–"],
    [text("calls.outcome"), words.outcome(call)],
    [text("calls.disposition"), words.disposition(call)],
    ...measured(call, text),
  ];
  return (
    <Section title={text("calls.details")} className="fill call-details" aside={close}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
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
