import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Button, Kbd, NativeSelect, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { calls as callService } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { useDesktopStore } from "../desktop/desktop-store.ts";
import { elapsed } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { useNow } from "../ui/elapsed.tsx";
import { Section } from "../ui/section.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { customerQuery } from "./customer-query.ts";
import { isSaid, itemOf, itemToShow, nothingSaid, type Said, saidOf, type WrapUpItem } from "./wrap-up-items.ts";
import { dispositionsOf, givenOf, wrapUpRecord } from "./wrap-up-record.ts";
import { useWrapUps, whoOf } from "./wrap-ups.tsx";

/** Where a queue names none of its own. */
const COMMON = ["solved", "follow_up", "wrong_number", "other"];
const SOON_MS = 15_000;

/** What the call was about, chosen from what its queue allows, and a note. Its place is there also when there is nothing to say. */
export function WrapUp({ calls }: { readonly calls: readonly DesktopCall[] }) {
  const text = useTexts();
  const [picked, setPicked] = useState("");
  const { kept, write, done } = useWrapUps();
  const due = calls.filter(({ state }) => state === "wrap_up").map(itemOf);
  const late = kept.filter(({ callId }) => !calls.some((call) => call.callId === callId));
  const item = itemToShow(due, late, kept, picked);
  const isLate = item !== undefined && !due.includes(item);
  const given = useGiven(item, isLate);
  const aside = isLate ? <Late given={given !== undefined} onDiscard={() => done(item.callId)} /> : <Kbd size="xs">Alt W</Kbd>;
  return (
    <Section
      title={text("wrapUp.title")}
      className={item ? "wrap-up due" : "wrap-up"}
      aside={item?.until ? <Countdown item={item} until={item.until} /> : aside}
    >
      <p className="line wrap-up-calls">
        {due.length + late.length === 0 ? <span className="dim">{text("wrapUp.idle")}</span> : null}
        {[...due, ...late].map((one) => (
          <Target key={one.callId} item={one} current={one === item} late={!due.includes(one)} onPick={() => setPicked(one.callId)} />
        ))}
      </p>
      <Form
        key={item?.callId ?? ""}
        item={item}
        given={given}
        said={item ? saidOf(kept, item.callId) : nothingSaid}
        onSay={(said) => {
          if (!item) return;
          // Whoever ends meanwhile does not come between.
          setPicked(item.callId);
          write(item, said);
        }}
        onDone={done}
      />
    </Section>
  );
}

/** What is stored by now of a wrap-up that is over: by this agent in another tab, or by a supervisor. */
function useGiven(item: WrapUpItem | undefined, late: boolean): Said | undefined {
  const { data } = useQuery({ ...wrapUpRecord(item?.callId ?? ""), enabled: late, staleTime: 0 });
  return late ? givenOf(data) : undefined;
}

/** The time is over, or it was completed elsewhere; what was written is still here. */
function Late({ given, onDiscard }: { readonly given: boolean; readonly onDiscard: () => void }) {
  const text = useTexts();
  return (
    <span className="row">
      <strong className="bad">{text(given ? "wrapUp.completed" : "wrapUp.over")}</strong>
      <Button size="compact-xs" variant="default" onClick={onDiscard}>
        {text("draft.discard")}
      </Button>
    </span>
  );
}

type TargetProps = { readonly item: WrapUpItem; readonly current: boolean; readonly late: boolean; readonly onPick: () => void };

/** Which call it is, by the name of the caller where that is known. */
function Target({ item, current, late, onPick }: TargetProps) {
  const text = useTexts();
  const record = useQuery(wrapUpRecord(item.callId)).data;
  const customerId = record?.certainty === "sure" ? record.customerId : "";
  const { data } = useQuery({ ...customerQuery(customerId), enabled: customerId !== "" });
  const who = [data?.name ?? "", whoOf(text, item)].filter(Boolean).join(" · ");
  return (
    <button type="button" className="plain ellipsis" aria-pressed={current} title={who} onClick={onPick}>
      {late && !givenOf(record) ? text("wrapUp.late", { who }) : who}
    </button>
  );
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

type FormProps = {
  readonly item: WrapUpItem | undefined;
  readonly given: Said | undefined;
  readonly said: Said;
  readonly onSay: (said: Said) => void;
  readonly onDone: (callId: string) => void;
};

function Form({ item, given, said, onSay, onDone }: FormProps) {
  const text = useTexts();
  const field = useRef<HTMLSelectElement>(null);
  useShortcuts({ KeyW: () => field.current?.focus() });
  const dispositions = useDispositions(item, text);
  const callId = item?.callId ?? "";
  const shown = given && !isSaid(said) ? given : said;
  const finish = useAct(({ disposition, note }: Said) => callService.finishWrapUp({ callId, disposition, note: note.trim() }), {
    says: "wrapUp.finished",
    changes: ["trail", "call"],
    after: () => onDone(callId),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    finish.mutate({ disposition: shown.disposition, note: shown.note });
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      {given ? <Given given={given} dispositions={dispositions} /> : null}
      <div className="row">
        <NativeSelect
          ref={field}
          className="grow"
          aria-label={text("wrapUp.disposition")}
          aria-keyshortcuts="Alt+W"
          disabled={!item}
          required
          value={shown.disposition}
          onChange={({ currentTarget: { value } }) => onSay({ disposition: value, note: shown.note })}
          data={[{ value: "", label: text("wrapUp.choose") }, ...dispositions]}
        />
        <Button type="submit" disabled={!item} loading={finish.isPending}>
          {text("wrapUp.finish")}
        </Button>
      </div>
      <Textarea
        aria-label={text("wrapUp.note")}
        placeholder={text("wrapUp.note")}
        rows={1}
        maxLength={2_000}
        disabled={!item}
        value={shown.note}
        onChange={({ currentTarget: { value } }) => onSay({ disposition: shown.disposition, note: value })}
      />
    </form>
  );
}

type Option = { readonly value: string; readonly label: string };

/** What is stored already, by this agent elsewhere or by a supervisor: saving here takes its place. */
function Given({ given, dispositions }: { readonly given: Said; readonly dispositions: readonly Option[] }) {
  const text = useTexts();
  const result = dispositions.find(({ value }) => value === given.disposition)?.label ?? text.code("disposition", given.disposition);
  return <p data-testid="given">{text("wrapUp.given", { result: [result, given.note].filter(Boolean).join(" · ") })}</p>;
}

function useDispositions(item: WrapUpItem | undefined, text: Texts): readonly Option[] {
  const can = useService("CallQueueService");
  const { data, isLoading } = useQuery({ ...dispositionsOf(item), enabled: can && item !== undefined });
  // A code shown for a moment could be chosen, and the queue would refuse it.
  if (isLoading || !item) return [];
  return data && data.length > 0
    ? data.map(({ code, name }) => ({ value: code, label: name }))
    : COMMON.map((value) => ({ value, label: text.code("disposition", value) }));
}
