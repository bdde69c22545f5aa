import type { Doc, Evidence } from "./checker.ts";

const OUTCOMES = { answered: 1, abandoned: 2 } as const;

/** On the exchange on which telephony distributes; the two name their calls alike. */
export const isRouted = (call: Doc) => String(call["connectorId"]).startsWith("ari-");

/** Calls: each that the exchange saw is there once, over, with its outcome; one that nobody answered became one callback task. */
export async function checkCalls({ lines, read, lost, doubled, stuck }: Evidence): Promise<void> {
  const seen = lines.flatMap((line) => (line.kind === "call" ? [line] : []));
  const calls = new Map<string, [string, Doc][]>();
  for (const [id, doc] of await read("telephony", "calls")) {
    // Those that we distribute are checked by their exchange's own record.
    if (isRouted(doc)) continue;
    const linkedid = String(doc["linkedid"]);
    calls.set(linkedid, [...(calls.get(linkedid) ?? []), [id, doc]]);
  }
  const of = (linkedid: string) => calls.get(linkedid)?.[0]?.[1];
  lost(seen.filter(({ linkedid }) => !of(linkedid)).length, "calls of the exchange are not in the database");
  doubled([...calls.values()].filter((copies) => copies.length > 1).length, "calls are there more than once");
  stuck(seen.filter(({ linkedid }) => of(linkedid) && of(linkedid)?.["endedAt"] === undefined).length, "calls never ended");
  const other = seen.filter(({ linkedid, outcome }) => of(linkedid) && of(linkedid)?.["outcome"] !== outcome);
  const instead = other.slice(0, 3).map(({ linkedid, outcome }) => `${of(linkedid)?._id} ${of(linkedid)?.["outcome"]}, not ${outcome}`);
  lost(other.length, `calls have another outcome (${instead.join("; ")})`);

  const facts = await read("analytics", "facts");
  const counted = (linkedid: string) =>
    facts.get(`call/${calls.get(linkedid)?.[0]?.[0]}`)?.["memory"] as Record<string, number> | undefined;
  lost(
    seen.filter(({ linkedid, outcome }) => counted(linkedid)?.["outcome"] !== OUTCOMES[outcome]).length,
    "calls are not in the figures so",
  );

  const taken = [...(await read("service-desk", "callback_tasks")).values()].flatMap((task) => task["callIds"] as string[]);
  const missed = seen.filter(({ outcome }) => outcome === "abandoned").map(({ linkedid }) => calls.get(linkedid)?.[0]?.[0] ?? linkedid);
  lost(missed.filter((id) => !taken.includes(id)).length, "abandoned calls became no callback task");
  doubled(taken.length - new Set(taken).size, "calls stand in two callback tasks");
}

const AT_A_CALL = new Set(["reserved", "ringing", "talking"]);

/** Agents: when all calls are over, none is kept by one. */
export async function checkAgents({ read, stuck }: Evidence): Promise<void> {
  const sessions = [...(await read("telephony", "agent_sessions")).values()];
  const kept = sessions.filter(({ work }) => (work as { phase: string }[]).some(({ phase }) => AT_A_CALL.has(phase)));
  stuck(kept.length, "agents are kept by calls that are over");
}

/** Pops: each ring was shown to its agent once, and to nobody else. */
export function checkPops({ lines, lost, doubled }: Evidence): void {
  const rang = lines.flatMap((line) => (line.kind === "rang" ? [`${line.extension} ${line.number}`] : []));
  if (rang.length === 0) return;
  const popped = lines.flatMap((line) => (line.kind === "popped" ? [`${line.extension} ${line.number}`] : []));
  const [wanted, got] = [new Set(rang), new Set(popped)];
  lost([...wanted].filter((ring) => !got.has(ring)).length, "rings were not on their agent's desktop");
  doubled([...got].filter((ring) => !wanted.has(ring)).length, "pops were on a wrong agent's desktop");
  doubled(popped.length - got.size, "pops came twice");
}
