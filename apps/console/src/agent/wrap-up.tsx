import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Button, Kbd, NativeSelect, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { callQueues, calls as callService } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useDesktopStore } from "../desktop/desktop-store.ts";
import { readable } from "../format/number.ts";
import { elapsed } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { useNow } from "../ui/elapsed.tsx";
import { notify } from "../ui/notice.tsx";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { submitted } from "../ui/submitted.ts";
import { customerQuery } from "./customer-query.ts";
import { itemOf, useUnfinished, type WrapUpItem } from "./wrap-up-items.ts";

type Disposition = { readonly value: string; readonly label: string };
/** Where a queue names none of its own. */
const COMMON = ["solved", "follow_up", "wrong_number", "other"];
const SOON_MS = 15_000;

/** What the call was about, chosen from what its queue allows, and a note. Its place is there also when there is nothing to say. */
export function WrapUp({ calls }: { readonly calls: readonly DesktopCall[] }) {
  const text = useTexts();
  const [picked, setPicked] = useState("");
  const { items, done } = useUnfinished(calls, (call) => notify("failed", text("wrapUp.lapsed", { who: whoOf(text, itemOf(call)) })));
  const due = calls.filter(({ state }) => state === "wrap_up").map(itemOf);
  const all = [...due, ...items.filter(({ callId }) => !calls.some((call) => call.callId === callId))];
  // Who is due now comes first; what is late waits until it is asked for.
  const item = all.find(({ callId }) => callId === picked) ?? due.at(-1);
  return (
    <Section
      title={text("wrapUp.title")}
      className={item ? "wrap-up due" : "wrap-up"}
      aside={item?.until ? <Countdown item={item} until={item.until} /> : <Kbd size="xs">Alt W</Kbd>}
    >
      <p className="line wrap-up-calls">
        {all.length === 0 ? <span className="dim">{text("wrapUp.idle")}</span> : null}
        {all.map((one) => (
          <Target key={one.callId} item={one} current={one === item} late={!due.includes(one)} onPick={() => setPicked(one.callId)} />
        ))}
      </p>
      <Form key={item?.callId ?? ""} item={item} onDone={done} />
    </Section>
  );
}

const whoOf = (text: Texts, { number }: WrapUpItem) => (number === "" ? text("call.withheld") : readable(number));

type TargetProps = { readonly item: WrapUpItem; readonly current: boolean; readonly late: boolean; readonly onPick: () => void };

/** Which call it is, by the name of the caller where that is known. */
function Target({ item, current, late, onPick }: TargetProps) {
  const text = useTexts();
  const customerId = useCustomerId(item);
  const { data } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" });
  const who = [data?.name ?? "", whoOf(text, item)].filter(Boolean).join(" · ");
  return (
    <button type="button" className="plain ellipsis" aria-pressed={current} title={who} onClick={onPick}>
      {late ? text("wrapUp.late", { who }) : who}
    </button>
  );
}

function useCustomerId({ callId }: WrapUpItem): string {
  const { data } = useQuery({ queryKey: ["call", callId, "wrap_up"], queryFn: async () => (await callService.getCall({ callId })).call });
  return data?.certainty === "sure" ? data.customerId : "";
}

/** How long it still lasts, and a minute more. */
function Countdown({ item: { callId }, until }: { readonly item: WrapUpItem; readonly until: number }) {
  const text = useTexts();
  const left = until - useNow();
  const { extended } = useDesktopStore();
  const extend = useAct(() => callService.extendWrapUp({ callId }), {
    after: ({ until: end }) => end && extended(callId, timestampMs(end)),
  });
  return (
    <span className="row">
      <span className={`num countdown${left <= SOON_MS ? " soon" : ""}`} role="timer" aria-label={text("wrapUp.left")}>
        {elapsed(Math.max(0, left))}
      </span>
      <Button size="compact-xs" variant="default" loading={extend.isPending} onClick={() => extend.mutate()}>
        {text("wrapUp.more")}
      </Button>
    </span>
  );
}

function Form({ item, onDone }: { readonly item: WrapUpItem | undefined; readonly onDone: (callId: string) => void }) {
  const text = useTexts();
  const field = useRef<HTMLSelectElement>(null);
  useShortcuts({ KeyW: () => field.current?.focus() });
  const dispositions = useDispositions(item, text);
  const callId = item?.callId ?? "";
  const finish = useAct((said: Record<"disposition" | "note", string>) => callService.finishWrapUp({ callId, ...said }), {
    says: "wrapUp.finished",
    changes: ["trail", "call"],
    after: () => onDone(callId),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const value = submitted(event);
    finish.mutate({ disposition: value("disposition"), note: value("note") });
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <div className="row">
        <NativeSelect
          ref={field}
          name="disposition"
          className="grow"
          aria-label={text("wrapUp.disposition")}
          aria-keyshortcuts="Alt+W"
          disabled={!item}
          required
          data={[{ value: "", label: text("wrapUp.choose") }, ...dispositions]}
        />
        <Button type="submit" disabled={!item} loading={finish.isPending}>
          {text("wrapUp.finish")}
        </Button>
      </div>
      <Textarea
        name="note"
        aria-label={text("wrapUp.note")}
        placeholder={text("wrapUp.note")}
        rows={1}
        maxLength={2_000}
        disabled={!item}
      />
    </form>
  );
}

function useDispositions(item: WrapUpItem | undefined, text: Texts): readonly Disposition[] {
  const can = useService("CallQueueService");
  const { data, isLoading } = useQuery({
    queryKey: ["dispositions", item?.callId],
    enabled: can && item !== undefined,
    staleTime: 60_000,
    queryFn: async () => {
      // After a reload the pop, which names the queue, may be gone.
      const queueId = item?.queue || (await callService.getCall({ callId: item?.callId ?? "" })).call?.queue || "";
      return (await callQueues.getCallQueue({ queueId })).queue?.wrapUp?.dispositions ?? [];
    },
  });
  // A code shown for a moment could be chosen, and the queue would refuse it.
  if (isLoading || !item) return [];
  return data && data.length > 0
    ? data.map(({ code, name }) => ({ value: code, label: name }))
    : COMMON.map((value) => ({ value, label: text.code("disposition", value) }));
}
