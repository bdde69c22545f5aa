import type { SessionFrame } from "@trunkline/desktop-client";
import { type RefObject, useEffect, useRef } from "react";
import { type DesktopCall, isOutbound } from "../desktop/desktop-state.ts";
import { useDesktop } from "../desktop/desktop-store.ts";
import { readable } from "../format/number.ts";
import { elapsed } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Section } from "../ui/section.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { CallControls } from "./call-controls.tsx";
import { useCallerName, useCallRecord, useHandover, useQueueNames } from "./call-record.ts";
import { instant } from "./caller-card.ts";
import { useColleagueNames } from "./colleagues.ts";

const IN_RECORDING = new Set(["recording", "paused"]);

type Props = {
  readonly call: DesktopCall | undefined;
  readonly others: readonly DesktopCall[];
  readonly onPick: (callId: string) => void;
};

/** The place of the call: always there and always of one size, so that nothing moves when the phone rings. */
export function CallPanel({ call, others, onPick }: Props) {
  const text = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const session = useDesktop((state) => state.session);
  const out = call !== undefined && isOutbound(call);
  useFocusKept(place, `${call?.callId}/${call?.state}`);
  return (
    <Section
      title={text(out ? "call.outTitle" : "call.title")}
      className={`call call-${call?.state ?? "none"}${out ? " call-out" : ""}`}
      aside={call ? <Elapsed since={sinceOf(call, session)} /> : null}
    >
      <div className="call-body" aria-live="assertive" ref={place} tabIndex={-1}>
        <p className="call-state">
          {call ? <CallState call={call} /> : <span className="dim">{text("call.none")}</span>}
          {call && call.state !== "wrap_up" && IN_RECORDING.has(call.recording ?? "") ? (
            <span className="tag" data-testid="recording">
              {text(call.recording === "paused" ? "call.recordingPaused" : "call.recording")}
            </span>
          ) : null}
        </p>
        <p className="call-number num" data-testid="call-number">
          {call ? numberOf(text, call) : <span className="dim small">{text("call.noneHint")}</span>}
          {call && !out ? <Verdict verdict={call.pop?.verdict ?? ""} /> : null}
        </p>
        <Facts call={call} />
      </div>
      <div className="call-actions">{call ? <CallControls key={call.callId} call={call} place={place} /> : null}</div>
      <p className="line other-calls">
        {others.map((other) => (
          <button type="button" className="plain" key={other.callId} onClick={() => onPick(other.callId)}>
            {text.code("state", isOutbound(other) && other.state === "ringing" ? "dialling" : other.state)} {numberOf(text, other)}
          </button>
        ))}
      </p>
    </Section>
  );
}

/** The server knows since when also after a reload. */
const sinceOf = (call: DesktopCall, session: SessionFrame | undefined) =>
  session?.callId === call.callId && session.state === call.state ? session.stateSince : call.since;

/** A button that goes with what it did takes the focus along; it must not land on another call's button. */
function useFocusKept(place: RefObject<HTMLDivElement | null>, shown: string): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current !== shown && document.activeElement === document.body) place.current?.focus({ preventScroll: true });
    before.current = shown;
  }, [shown, place]);
}

function CallState({ call }: { readonly call: DesktopCall }) {
  return <StateBadge state={call.state === "ringing" && isOutbound(call) ? "dialling" : call.state} large />;
}

function Facts({ call }: { readonly call: DesktopCall | undefined }) {
  const text = useTexts();
  const record = useCallRecord(call);
  const name = useCallerName(call, record);
  const queues = useQueueNames();
  const queue = call?.pop?.queue || record?.queue || "";
  const out = call !== undefined && isOutbound(call);
  const colleagues = useColleagueNames();
  const handover = useHandover(record);
  return (
    <dl className="facts">
      <dt>{text(out ? "call.callee" : "call.caller")}</dt>
      <dd>{call ? callerOf(text, call, name) : "–"}</dd>
      <dt>{text("call.queue")}</dt>
      <dd>{queues.get(queue) || queue || "–"}</dd>
      {handover ? (
        <>
          <dt>{text("handover.from")}</dt>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1) */}
          <dd className="handover" data-testid="handover" tabIndex={0}>
            <strong>{colleagues.get(handover.employeeId) ?? "–"}</strong>
            {handover.note ? `: ${handover.note}` : ""}
          </dd>
        </>
      ) : null}
      <dt>{text("call.waited")}</dt>
      <dd>
        <Waited
          ringing={call?.state === "ringing"}
          queuedAt={out ? 0 : instant(record?.queuedAt)}
          answeredAt={instant(record?.answeredAt)}
        />
      </dd>
    </dl>
  );
}

const VERDICTS = { full: "sure", partial: "maybe", gateway: "maybe", failed: "none" } as const;

/** Whether the number is the caller's own, as far as their network vouches for it. */
function Verdict({ verdict }: { readonly verdict: string }) {
  const text = useTexts();
  if (!Object.hasOwn(VERDICTS, verdict)) return null;
  const known = verdict as keyof typeof VERDICTS;
  return <span className={`tag small tag-${VERDICTS[known]}`}>{text(`verdict.${known}`)}</span>;
}

export function numberOf(text: Texts, { pop }: Pick<DesktopCall, "pop">): string {
  if (!pop) return "–";
  return pop.caller.number === "" ? text("call.withheld") : readable(pop.caller.number);
}

/** Who it is and how sure that is. */
function callerOf(text: Texts, { pop }: DesktopCall, name: string) {
  if (name !== "")
    return (
      <>
        <span className="tag tag-sure">{text("call.sure")}</span> {name}
      </>
    );
  if (!pop) return "–";
  const { status, certainty, matches } = pop.caller;
  if (status === "pending") return <span className="dim">{text("call.pending")}</span>;
  if (certainty !== "maybe") return <span className="tag tag-none">{text("call.noneKnown")}</span>;
  return (
    <>
      <span className="tag tag-maybe">{text("call.maybe")}</span> {matches.length}
    </>
  );
}

type Wait = { readonly ringing: boolean; readonly queuedAt: number; readonly answeredAt: number };

/** In the queue until now, or until it was answered. */
function Waited({ ringing, queuedAt, answeredAt }: Wait) {
  if (queuedAt === 0) return "–";
  if (ringing && answeredAt === 0) return <Elapsed since={queuedAt} />;
  return answeredAt > 0 ? <span className="num">{elapsed(answeredAt - queuedAt)}</span> : "–";
}
