import { DomainError } from "@trunkline/errors";
import { finishWrapUp } from "./call.ts";
import { type Call, type Decided, isTalking, nothing, type WrapUpReport, wrapUpOf } from "./call-state.ts";

/** What agents do about the after-call work, beside its end at the limit. */

const LATE_MS = 24 * 3_600_000;
const MORE_MS = 60_000;
const MOST_MS = 600_000;
const MAX_REPORTS = 20;

type Said = Pick<WrapUpReport, "disposition" | "note">;

/** Had the call at some time: each leg has its own result. */
export function handled(call: Call, id: string): boolean {
  const { employeeId, offers, answeredAt } = call;
  // Who got it by a transfer at the exchange has no offer, and hands it on in turn.
  if (wrapUpOf(call, id)) return true;
  return (employeeId === id && answeredAt !== undefined) || offers.some((one) => one.employeeId === id && one.ended === "answered");
}

/** For which queue this agent talked, and whose results they choose from: the call may be in another one by now. */
export const queueOf = ({ offers, queue }: Call, id: string) =>
  offers.findLast((one) => one.employeeId === id && one.ended === "answered")?.queue ?? queue;

/**
 * The agent says what the call was about: this ends their after-call work, or comes late, or says it anew.
 * @throws rule_violated not_your_call, wrap_up_closed
 */
export function reportWrapUp(call: Call, employeeId: string, said: Said, at: number): Decided {
  if (!wrapUpOf(call, employeeId)) return reportLate(call, employeeId, said, at);
  const { state, events } = finishWrapUp(call, employeeId, said.disposition, at);
  return { state: withReport(state, employeeId, said, at), events };
}

/** The after-call work has ended before: nobody's time changes. */
function reportLate(call: Call, employeeId: string, said: Said, at: number): Decided {
  if (!handled(call, employeeId))
    throw new DomainError("rule_violated", "not_your_call", "only the agent who handled the call can finish it");
  // Still talking: there is nothing to wrap up yet.
  if (isTalking(call) && call.employeeId === employeeId) return nothing(call);
  if (call.endedAt !== undefined && at - call.endedAt > LATE_MS)
    throw new DomainError("rule_violated", "wrap_up_closed", "the result of a call can be given until a day after it");
  const before = reportOf(call, employeeId);
  if (before?.disposition === said.disposition && (said.note === "" || before.note === said.note)) return nothing(call);
  const { disposition } = said;
  const reported = withReport(call, employeeId, said, at);
  const events = before?.disposition === disposition ? [] : [{ type: "result_given", at, employeeId, disposition } as const];
  // The call's own result is that of whoever had it last.
  return { state: call.employeeId === employeeId ? { ...reported, disposition } : reported, events };
}

const reportOf = ({ wrapUps = [] }: Call, employeeId: string) => wrapUps.find((one) => one.employeeId === employeeId && !one.earlier);

function withReport(call: Call, employeeId: string, { disposition, note }: Said, at: number): Call {
  const before = reportOf(call, employeeId);
  const others = (call.wrapUps ?? []).filter((one) => one !== before);
  const report = { employeeId, disposition, note: note || (before?.note ?? ""), at };
  return { ...call, wrapUps: [...others, report].slice(-MAX_REPORTS) };
}

/**
 * A minute more.
 * @throws rule_violated wrap_up_over, wrap_up_limit
 */
export function extendWrapUp(call: Call, employeeId: string): Decided {
  const mine = wrapUpOf(call, employeeId);
  if (!mine) throw new DomainError("rule_violated", "wrap_up_over", "the after-call work is over; its result can still be given");
  const until = Math.min(mine.until + MORE_MS, mine.since + MOST_MS);
  if (until <= mine.until) throw new DomainError("rule_violated", "wrap_up_limit", "the after-call work cannot be made any longer");
  return { state: { ...call, wrapping: (call.wrapping ?? []).map((one) => (one === mine ? { ...one, until } : one)) }, events: [] };
}
