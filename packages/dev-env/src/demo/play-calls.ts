import { setTimeout as delay } from "node:timers/promises";
import { EXCHANGE_QUEUE, someResult } from "../seed/demo-floor.ts";
import type { Api } from "../system/api.ts";
import type { Desktop, DesktopFrame } from "../system/desktop.ts";
import type { PlannedCall } from "./plan.ts";
import type { World, WorldCall } from "./world.ts";

/** An agent at work: the desktop that shows pops, and the API under the agent's own name. */
export type AgentAtWork = { readonly extension: string; readonly desktop: Desktop; readonly api: Api };

/** By tenant, then extension. */
export type Agents = ReadonlyMap<string, ReadonlyMap<string, AgentAtWork>>;

/** Milliseconds that agents were really busy with calls, by the demo's own clock; the measure of handling time. */
export type Played = { readonly handleMs: ReadonlyMap<string, number> };

/** Plays every planned call at its time, all tenants at once. */
export async function playCalls(plan: readonly PlannedCall[], agents: Agents, world: World): Promise<Played> {
  const handleMs = new Map<string, number>();
  const begin = performance.now();
  const until = (at: number) => delay(Math.max(0, begin + at - performance.now()));
  await Promise.all(
    plan.map(async (call) => {
      await until(call.startMs);
      const line = await world.placeCall(call.tenant, call.from);
      const busy = call.extension === "" ? await leave(line, call, until) : await serve(line, call, agents, until);
      handleMs.set(call.tenant, (handleMs.get(call.tenant) ?? 0) + busy);
    }),
  );
  return { handleMs };
}

/** One after the other, as one caller's line and one phone allow. */
export async function playOneByOne(plan: readonly PlannedCall[], agents: Agents, world: World, phone: string): Promise<Played> {
  const handleMs = new Map<string, number>();
  for (const call of plan) {
    const desktop = agents.get(call.tenant)?.get(phone)?.desktop;
    const seen = desktop?.frames.length ?? 0;
    const line = await world.placeCall(call.tenant, call.from, call.extension === "" ? call.waitMs : call.waitMs + call.talkMs);
    await desktop?.next("the pop", (frame) => frame.type === "pop" && desktop.frames.indexOf(frame) >= seen);
    if (call.extension !== "") await line.answer(call.extension);
    const answered = performance.now();
    await line.hangUp("caller");
    const talked = performance.now() - answered;
    if (call.extension !== "")
      handleMs.set(call.tenant, (handleMs.get(call.tenant) ?? 0) + talked + (await wrapUp(agents, call, phone, seen)));
  }
  return { handleMs };
}

async function leave(line: WorldCall, call: PlannedCall, until: (at: number) => Promise<void>): Promise<number> {
  await until(call.startMs + call.waitMs);
  await line.hangUp("caller");
  return 0;
}

async function serve(line: WorldCall, call: PlannedCall, agents: Agents, until: (at: number) => Promise<void>): Promise<number> {
  const answerAt = call.startMs + call.waitMs;
  await until(answerAt - call.ringMs);
  let seen = framesOf(agents, call.tenant, call.extension).length;
  await line.ring(call.extension);
  await until(answerAt);
  await line.answer(call.extension);
  const answered = performance.now();
  await until(answerAt + call.talkMs);
  let last = call.extension;
  let first: Promise<number> | undefined;
  if (call.transferTo !== undefined) {
    first = wrapUp(agents, call, call.extension, seen, "wrap_up");
    // It is awaited when the call is over.
    first.catch(() => undefined);
    last = call.transferTo;
    seen = framesOf(agents, call.tenant, last).length;
    await line.transfer(last);
    await until(answerAt + call.talkMs + call.ringMs);
    await line.answer(last);
    await until(answerAt + 2 * call.talkMs + call.ringMs);
  }
  await line.hangUp("caller");
  const talked = performance.now() - answered;
  return talked + ((await first) ?? 0) + (await wrapUp(agents, call, last, seen));
}

/**
 * After-call work, finished once the desktop knows that it has begun; of whoever had the call last, that the call has ended.
 * @returns how long it took, ms
 */
async function wrapUp(agents: Agents, call: PlannedCall, extension: string, seen: number, state = "ended"): Promise<number> {
  const agent = agents.get(call.tenant)?.get(extension);
  if (!agent) throw new Error(`nobody sits at ${extension}`);
  const { desktop } = agent;
  const started = performance.now();
  // The first word of a ring: the second one of an earlier call from this number may come only now.
  const isPop = (frame: DesktopFrame) =>
    frame.type === "pop" && frame.revision === 1 && desktop.frames.indexOf(frame) >= seen && shows(frame, call);
  const { callId } = await desktop.next(`the pop of ${call.kind} from ${call.tenant} at ${extension}`, isPop);
  await desktop.next("the end of the talk", (frame) => frame.type === "call" && frame.callId === callId && frame.state === state);
  const disposition = await someResult(agent.api, EXCHANGE_QUEUE, "solved");
  await agent.api.call("telephony.v1.CallService/FinishWrapUp", { callId, disposition });
  return performance.now() - started;
}

function framesOf(agents: Agents, tenant: string, extension: string): readonly DesktopFrame[] {
  return agents.get(tenant)?.get(extension)?.desktop.frames ?? [];
}

/** Whether a pop is about this caller. */
function shows(frame: DesktopFrame, call: PlannedCall): boolean {
  const number = frame.caller?.number ?? "";
  return call.kind === "withheld" ? frame.caller?.status === "withheld" : number.endsWith(call.from);
}

/**
 * Every pop that came to an agent whose phone did not ring for that caller, or too often.
 * @param before pops that extension 1001 had seen before the plan began
 */
export function wrongPops(plan: readonly PlannedCall[], agents: Agents, tenant: string, before: number): number {
  let wrong = 0;
  for (const [extension, { desktop }] of agents.get(tenant) ?? []) {
    const rings = plan.filter((call) => call.tenant === tenant && (call.extension === extension || call.transferTo === extension));
    const pops = desktop.frames.filter(({ type, revision }) => type === "pop" && revision === 1).slice(extension === "1001" ? before : 0);
    wrong += Math.abs(pops.length - rings.length) + pops.filter((pop) => !rings.some((call) => shows(pop, call))).length;
  }
  return wrong;
}
