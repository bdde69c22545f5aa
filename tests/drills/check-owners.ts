import { setTimeout as delay } from "node:timers/promises";
import { isRouted } from "./check-calls.ts";
import type { Doc, Evidence } from "./checker.ts";
import { crossings, historyOf, only } from "./history.ts";
import type { Truth } from "./log.ts";

/** All must be at rest so long after the last fault; the drill has waited for callers and topics before. */
const REST_MS = 25_000;

/**
 * Exactly one owner: nobody talked to two at once, no phone rang for two, no talk was cut by anybody but those who talked; what the
 * exchange saw is what the database says, and nothing is left open.
 */
export async function checkOwners(evidence: Evidence): Promise<void> {
  const truths = evidence.lines.filter((line) => line.kind === "truth");
  if (truths.length === 0) return;
  checkHistory(truths, evidence);
  checkStored(truths, await atRest(evidence), evidence);
}

function checkHistory(truths: readonly Truth[], { doubled, lost }: Evidence): void {
  const { rings, talks, callers, cut } = historyOf(truths);
  const tell = (count: Evidence["lost"], found: readonly string[], what: string) => count(found.length, `${what} (${found[0]})`);
  tell(doubled, crossings(callers), "times a caller was bridged with two agents at once");
  tell(doubled, crossings(talks), "times an agent was bridged with two callers at once");
  tell(doubled, crossings(rings), "times a phone rang for two calls at once");
  const both = crossings([...rings, ...talks]).length - crossings(rings).length - crossings(talks).length;
  doubled(both, "times a phone rang for one call while its agent talked on another");
  tell(lost, cut, "talks were cut by nobody who talked");
}

type Offer = { readonly extension: string; readonly employeeId: string; readonly ended: string };

function checkStored(truths: readonly Truth[], calls: ReadonlyMap<string, Doc>, { lost, doubled, stuck }: Evidence): void {
  const gone = new Map(only(truths, "caller_gone").map((one) => [one.caller, one]));
  const met = Map.groupBy(only(truths, "met"), ({ caller }) => caller);
  const came = only(truths, "came").map(({ caller }) => caller);
  stuck(came.filter((caller) => !gone.has(caller)).length, "callers are still on the line");
  const unserved = came.filter((caller) => gone.get(caller)?.by === "order" && !met.has(caller));
  lost(unserved.filter((caller) => calls.get(caller)?.["outcome"] !== "left_queue").length, "callers were hung up on unserved");
  lost([...met.keys()].filter((caller) => !calls.has(caller)).length, "calls that were answered are not in the database");
  const wrong = [...met].filter(([caller, talks]) => {
    const call = calls.get(caller);
    const offers = (call?.["offers"] ?? []) as readonly Offer[];
    const last = offers.find(({ extension, ended }) => extension === talks.at(-1)?.extension && ended === "answered");
    return call && (call["outcome"] !== "answered" || last?.employeeId !== call["employeeId"]);
  });
  lost(wrong.length, `calls have another agent in the database (${wrong[0]?.[0]})`);
  doubled([...met.values()].filter((talks) => talks.length > 1).length, "callers were connected twice");
}

/** Sessions and calls as they are once nothing changes any more, or when there is no more time. @returns calls by linkedid */
async function atRest({ read, stuck }: Evidence): Promise<ReadonlyMap<string, Doc>> {
  for (const end = performance.now() + REST_MS; ; await delay(500)) {
    const routed = [...(await read("telephony", "calls"))].filter(([, call]) => isRouted(call));
    const ids = new Set(routed.map(([id]) => id));
    const calls = routed.map(([, call]) => call);
    const sessions = [...(await read("telephony", "agent_sessions")).values()];
    const open = calls.filter(({ endedAt }) => endedAt === undefined);
    const kept = sessions.filter(({ work }) => (work as { callId: string }[]).some(({ callId }) => ids.has(callId)));
    if (open.length + kept.length > 0 && performance.now() < end) continue;
    stuck(open.length, `calls never ended (${open[0]?._id}, ${open[0]?.["state"]})`);
    stuck(kept.length, `agents are kept by calls that are over (${JSON.stringify(kept[0]?.["work"])})`);
    return new Map(calls.map((call) => [String(call["linkedid"]), call]));
  }
}
