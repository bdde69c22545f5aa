import { useQuery } from "@tanstack/react-query";
import { calls } from "../api/clients.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { elapsed } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { Section } from "../ui/section.tsx";
import { StateBadge } from "../ui/state-badge.tsx";
import { CallControls } from "./call-controls.tsx";
import { instant } from "./caller-card.ts";

const IN_RECORDING = new Set(["recording", "paused"]);

/** The place of the call: always there and always of one size, so that nothing moves when the phone rings. */
export function CallPanel({ call, others }: { readonly call: DesktopCall | undefined; readonly others: readonly DesktopCall[] }) {
  const text = useTexts();
  return (
    <Section
      title={text("call.title")}
      className={`call call-${call?.state ?? "none"}`}
      aside={call ? <Elapsed since={call.since} /> : null}
    >
      <div className="call-body" aria-live="assertive">
        <p className="call-state">
          {call ? <StateBadge state={call.state} large /> : <span className="dim">{text("call.none")}</span>}
          {call && IN_RECORDING.has(call.recording ?? "") ? (
            <span className="tag" data-testid="recording">
              {text(call.recording === "paused" ? "call.recordingPaused" : "call.recording")}
            </span>
          ) : null}
        </p>
        <p className="call-number num" data-testid="call-number">
          {call ? numberOf(text, call) : <span className="dim small">{text("call.noneHint")}</span>}
          {call ? <Verdict verdict={call.pop?.verdict ?? ""} /> : null}
        </p>
        <dl className="facts">
          <dt>{text("call.caller")}</dt>
          <dd>{call ? callerOf(text, call) : "–"}</dd>
          <dt>{text("call.queue")}</dt>
          <dd>{call?.pop?.queue || "–"}</dd>
          <dt>{text("call.waited")}</dt>
          <dd>{call ? <Waited call={call} /> : "–"}</dd>
        </dl>
      </div>
      <div className="call-actions">{call ? <CallControls call={call} /> : null}</div>
      <p className="line dim">
        {others.length > 0 ? `${text("call.others", { count: others.length })}: ${numbersOf(text, others)}` : null}
      </p>
    </Section>
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
  return pop.caller.number === "" ? text("call.withheld") : pop.caller.number;
}

const numbersOf = (text: Texts, calls: readonly DesktopCall[]) => calls.map((call) => numberOf(text, call)).join(", ");

/** Who it is and how sure that is. */
function callerOf(text: Texts, { pop }: DesktopCall) {
  if (!pop) return "–";
  const { status, certainty, matches } = pop.caller;
  if (status === "pending") return <span className="dim">{text("call.pending")}</span>;
  if (certainty !== "sure" && certainty !== "maybe") return <span className="tag tag-none">{text("call.noneKnown")}</span>;
  return (
    <>
      <span className={`tag tag-${certainty}`}>{text(`call.${certainty}`)}</span> {certainty === "sure" ? matches[0]?.name : matches.length}
    </>
  );
}

/** In the queue until now, or until it was answered. */
function Waited({ call: { callId, state } }: { readonly call: DesktopCall }) {
  const { data } = useQuery({
    queryKey: ["call", callId, state],
    queryFn: async () => (await calls.getCall({ callId })).call,
    // The pop goes out before its ring is stored.
    retry: 3,
    retryDelay: 500,
  });
  if (!data?.queuedAt) return "–";
  if (state === "ringing") return <Elapsed since={instant(data.queuedAt)} />;
  return data.answeredAt ? <span className="num">{elapsed(instant(data.answeredAt) - instant(data.queuedAt))}</span> : "–";
}
