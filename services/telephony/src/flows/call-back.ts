import { isDomainError } from "@trunkline/errors";
import { contentId, serviceScope } from "@trunkline/runtime";
import { canDial } from "../connector-config.ts";
import type { Context } from "../context.ts";
import { forget, reserve } from "../domain/agent-session.ts";
import { claimDialling, end, placeCall } from "../domain/call.ts";
import type { CallQueue } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { type Exchange, type Line, mayHaveBeenDone } from "../domain/line.ts";
import { claimCallback, giveUpCallback, releaseCallback } from "../domain/queue-callback.ts";
import { outboundKey, waitingKey } from "../facts/call-keys.ts";
import { ours } from "../intake/call-chains.ts";
import { clearOut } from "./dial-out.ts";

export type CallingLine = Pick<Line, "originate" | "callIntoQueue" | "dialOut" | "callerNumber">;
type Turn = {
  readonly call: Call;
  readonly queue: CallQueue;
  /** Whose turn it is to serve it. */
  readonly agent: { readonly employeeId: string; readonly extension: string };
  readonly at: number;
};

/** Their number or their word forbids it, and waiting changes neither: a person decides. */
const FORBIDDEN: ReadonlySet<string> = new Set(["destination_not_allowed", "contact_refused"]);

/**
 * It is the turn of a caller who kept their place. The place first, then the agent (who is called first, or is free for whoever is first
 * in the queue when the customer answers), then the call; whatever fails gives the place back.
 */
export async function callBack(context: Context, exchange: Exchange, line: CallingLine, turn: Turn): Promise<void> {
  const { calls, log } = context;
  const { call: place, at } = turn;
  const id = contentId("queue-callback", place.id, String(at));
  const scope = serviceScope("telephony", exchange.tenant, place.id);
  await calls.update(scope, place.id, (state) => claimCallback(ours(state, exchange.epoch), id, at));
  try {
    await dial(context, exchange, line, turn, id);
  } catch (error) {
    const back = context.now();
    const forbidden = isDomainError(error) && FORBIDDEN.has(error.code);
    log.warn(
      { err: error, callId: place.id },
      forbidden ? "a caller must not be called back" : "a caller could not be called back; the place is kept",
    );
    await calls.update(scope, place.id, (state) => (forbidden ? giveUpCallback : releaseCallback)(state, id, back));
    if (await calls.find(exchange.tenant, id)) await calls.update(scope, id, (state) => end(state, 0, back));
    const { employeeId } = turn.agent;
    await context.sessions.change(scope, employeeId, back, (session) => forget(session, ({ callId }) => callId === id, back));
  }
}

async function dial(context: Context, { id: connectorId, tenant }: Exchange, line: CallingLine, turn: Turn, id: string): Promise<void> {
  const { calls, sessions, connectors, log } = context;
  const { call: place, queue, agent, at } = turn;
  const agentFirst = queue.callback?.first === "agent";
  const scope = serviceScope("telephony", tenant, place.id);
  if (agentFirst) await sessions.change(scope, agent.employeeId, at, (session) => reserve(session, { callId: id, offerId: id }, at));
  // What never comes to be dialled must not count.
  const connector = connectors.filter(canDial).find((one) => one.id === connectorId);
  if (connector) await clearOut(context, connector, { id, customerId: place.customerId, e164: place.callerNumber, asked: true }, at);
  const { callerNumber, numberHash, numberKind } = place;
  const key = agentFirst ? outboundKey(id, at) : waitingKey(id, at);
  const about = { id, connectorId, ...key, queue: queue.id, direction: "outbound", routed: true, callbackOf: place.id } as const;
  const made = placeCall({ ...about, callerNumber, numberHash, numberKind }, agentFirst ? agent.employeeId : "", place.customerId, at);
  await calls.create(scope, id, { ...made, state: { ...made.state, queuedAt: place.queuedAt } });
  await calls.update(scope, id, (state) => claimDialling(state, at));
  const out = { id, at, number: place.callerNumber, callerNumber: line.callerNumber, dialOut: line.dialOut };
  const dialled = agentFirst ? line.originate({ ...out, extension: agent.extension }) : line.callIntoQueue({ ...out, queue: queue.id });
  // It may ring all the same: the exchange tells of the call, or the call lapses. Nobody is to be called twice.
  await dialled.catch((error: unknown) => {
    if (!mayHaveBeenDone(error)) throw error;
    log.warn({ err: error, callId: id }, "nobody knows whether a caller is being called back");
  });
}
