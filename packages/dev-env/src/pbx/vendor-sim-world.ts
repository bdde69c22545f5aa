import { randomUUID } from "node:crypto";
import type { Post } from "./vendor-sim-post.ts";

/** Callers and phones of the simulated vendor, and what it posts of them. */

export type VendorCaller = { readonly id: string; readonly ended: Promise<void>; hangUp(): void };
export type Order = { readonly type: string; readonly call?: string; readonly [field: string]: unknown };
export type PhoneHabit = "rings" | "answers" | "rejects";

type Ring = { readonly extension: string; readonly offerId?: string; readonly since: number; readonly via: string };
type Call = {
  readonly id: string;
  readonly number: string;
  readonly queue: string;
  readonly since: number;
  readonly ended: PromiseWithResolvers<void>;
  agent?: { readonly extension: string; readonly since: number } | undefined;
  ring?: Ring | undefined;
};

/** Orders about no call that is there. */
const UNKNOWN_CALLS = new Set(["resync", "originate", "call_into_queue"]);
const NORMAL = 16;
const RINGS_MS = 3_000;

export function openWorld(post: Post) {
  const calls = new Map<string, Call>();
  const habits = new Map<string, PhoneHabit>();
  const tell = (call: Call, type: string, more: object = {}) => post({ type, call: call.id, at: Date.now(), ...more });
  const make = (id: string, number: string, queue: string): Call => {
    const call: Call = { id, number, queue, since: Date.now(), ended: Promise.withResolvers() };
    calls.set(id, call);
    return call;
  };
  const down = (call: Call, by: "caller_hung_up" | "agent_hung_up") => {
    if (!calls.delete(call.id)) return;
    const waited = !call.agent && call.queue !== "" && by === "caller_hung_up";
    ringEnds(tell, call, "cancelled");
    if (waited) void tell(call, "call_abandoned", { queue: call.queue, waitMs: Date.now() - call.since });
    released(tell, call, by);
    void tell(call, "call_ended", { cause: NORMAL });
    call.ended.resolve();
  };
  const ring = (call: Call, extension: string, via: string, offerId?: string) => {
    const offer = offerId === undefined ? {} : { offerId };
    call.ring = { extension, since: Date.now(), via, ...offer };
    void tell(call, "agent_offered", { extension, queue: via === "queue" ? call.queue : "", via, caller: callerOf(call), ...offer });
    const habit = habits.get(extension) ?? "rings";
    if (habit === "answers") void pickedUp(tell, call);
    else if (habit === "rejects") ringEnds(tell, call, "rejected");
    else setTimeout(() => call.ring?.offerId === offerId && ringEnds(tell, call, "no_answer"), RINGS_MS).unref();
  };
  const comes = (id: string, number: string, queue: string): Call => {
    const call = make(id, number, queue);
    void tell(call, "call_queued", { queue, caller: callerOf(call) });
    return call;
  };
  return {
    phone: (extension: string, habit: PhoneHabit) => void habits.set(extension, habit),
    call: (from: string, queue: string): VendorCaller => {
      const call = comes(randomUUID(), from, queue);
      return { id: call.id, ended: call.ended.promise, hangUp: () => down(call, "caller_hung_up") };
    },
    /** False for an order about a call that is over. */
    knows: ({ type, call }: Order) => UNKNOWN_CALLS.has(type) || calls.has(call ?? ""),
    obey: (order: Order): void => {
      if (order.type === "resync") return void post(snapshotOf([...calls.values()]));
      const call = calls.get(order.call ?? "");
      if (call) obeyCall({ tell, ring, down }, call, order);
      else if (order.type === "call_into_queue") comes(String(order.call), String(order["number"]), String(order["queue"]));
      else if (order.type === "originate")
        ring(make(String(order.call), String(order["number"]), ""), String(order["extension"]), "outbound");
    },
  };
}

type Does = {
  readonly tell: Tell;
  readonly ring: (call: Call, extension: string, via: string, offerId?: string) => void;
  readonly down: (call: Call, by: "agent_hung_up") => void;
};

function obeyCall({ tell, ring, down }: Does, call: Call, order: Order): void {
  const extension = call.agent?.extension ?? "";
  const [to, offerId] = [String(order["destination"]), String(order["offerId"])];
  const does: Readonly<Record<string, () => void>> = {
    ring: () => call.ring?.offerId === offerId || ring(call, String(order["extension"]), "queue", offerId),
    withdraw: () => ringEnds(tell, call, "cancelled"),
    hang_up: () => down(call, "agent_hung_up"),
    hold: () => void tell(call, "call_held", { extension }),
    resume: () => void tell(call, "call_resumed", { extension }),
    transfer: () => {
      void tell(call, "call_transferred", { from: extension, to, kind: order["kind"] });
      released(tell, call, "transferred");
      ring(call, to, "transfer");
    },
  };
  does[order.type]?.();
}

type Tell = (call: Call, type: string, more?: object) => ReturnType<Post>;

const callerOf = ({ number }: Call) => ({ number, name: "", dialed: "95500" });

function ringEnds(tell: Tell, call: Call, reason: string): void {
  if (!call.ring) return;
  const { extension, offerId, since } = call.ring;
  call.ring = undefined;
  void tell(call, "agent_offer_ended", { extension, reason, ringMs: Date.now() - since, ...(offerId === undefined ? {} : { offerId }) });
}

function released(tell: Tell, call: Call, reason: string): void {
  if (!call.agent) return;
  void tell(call, "agent_released", { extension: call.agent.extension, reason, talkMs: Date.now() - call.agent.since });
  call.agent = undefined;
}

/** Of an offer we are asked first; other rings are the exchange's own. */
async function pickedUp(tell: Tell, call: Call): Promise<void> {
  const offerId = call.ring?.offerId;
  if (offerId !== undefined && !(await tell(call, "offer_picked_up", { offerId })).connect) {
    ringEnds(tell, call, "cancelled");
    return;
  }
  if (!call.ring) return;
  const { extension, via } = call.ring;
  call.ring = undefined;
  call.agent = { extension, since: Date.now() };
  const queue = via === "queue" ? call.queue : "";
  const offer = offerId === undefined ? {} : { offerId };
  void tell(call, "call_answered", { extension, queue, via, waitMs: Date.now() - call.since, ...offer });
}

function snapshotOf(calls: readonly Call[]): object {
  const at = Date.now();
  const lives = calls.map((call) => ({
    call: call.id,
    caller: callerOf(call),
    queue: call.queue,
    phase: call.agent ? "talking" : call.queue === "" ? "other" : "waiting",
    extension: call.agent?.extension ?? "",
    ringing: call.ring ? [call.ring.extension] : [],
    waitMs: at - call.since,
  }));
  return { type: "snapshot", at, calls: lives };
}
