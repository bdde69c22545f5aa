import { unless } from "@trunkline/errors";
import { backOff, type CallScope, failpointActive } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import type { Call, Decided } from "../domain/call-state.ts";
import { notOurs } from "../domain/line.ts";

/** One thing to decide about a call; `create` where the call may not be known yet. */
export type Step = { readonly decide: (call: Call) => Decided; readonly create?: () => Decided };

export type CallChains = {
  add(callId: string, step: Step): void;
  /** Resolves when what was added for the call so far is stored, or given up. */
  stored(callId: string): Promise<void>;
  /** Steps that are not stored yet. */
  waiting(): number;
  idle(): Promise<void>;
  /** Gives up on what the store refuses; for the end of the process. */
  stop(): void;
};

type Chain = { readonly steps: Step[]; readonly done: PromiseWithResolvers<void> };

const STORE_TRIES = 30;
/** Calls that are written at once. */
const WIDTH = 16;

/**
 * Steps of one call are applied in order, calls side by side, the longest waiting first; steps that waited meanwhile go into one write. So
 * too many calls at once cost fewer writes each, and leave the store to others.
 * @param lost told when steps of a call could not be stored for so long that they were given up: the exchange has to be asked how it stands
 */
export function callChains(
  { calls, log }: Pick<Context, "calls" | "log">,
  scopeOf: (callId: string) => CallScope,
  epoch: number,
  lost: (callId: string) => void,
): CallChains {
  const chains = new Map<string, Chain>();
  const ready = new Set<string>();
  const stopping = new AbortController();
  let [waiting, writing] = [0, 0];
  const run = async (callId: string, { steps, done }: Chain) => {
    while (steps.length > 0) {
      const some = steps.splice(0);
      const stored = await retry(
        () => write(calls, scopeOf(callId), callId, some, epoch),
        stopping.signal,
        (error, attempt) => {
          log.warn({ err: error, callId, attempt }, "a call could not be stored; it is tried again");
        },
      );
      waiting -= some.length;
      if (!stored && !stopping.signal.aborted) lost(callId);
    }
    chains.delete(callId);
    done.resolve();
    writing -= 1;
    next();
  };
  const next = () => {
    for (const callId of ready) {
      if (writing >= WIDTH) return;
      ready.delete(callId);
      writing += 1;
      const chain = chains.get(callId) as Chain;
      void Promise.resolve().then(() => run(callId, chain));
    }
  };
  return {
    add(callId, step) {
      waiting += 1;
      const known = chains.get(callId);
      if (known) return void known.steps.push(step);
      chains.set(callId, { steps: [step], done: Promise.withResolvers() });
      ready.add(callId);
      next();
    },
    stored: async (callId) => chains.get(callId)?.done.promise,
    waiting: () => waiting,
    async idle() {
      while (chains.size > 0) await Promise.all([...chains.values()].map(({ done }) => done.promise));
    },
    stop: () => stopping.abort(),
  };
}

/** The call, unless a later owner of the connection has stamped it. @throws unavailable line_moved */
export function ours(call: Call, epoch: number): Call {
  if (isTheirs(call, epoch)) throw notOurs();
  return call;
}

/** Of a later owner of the connection: what this one still decides about it does not count. */
function isTheirs(call: Pick<Call, "epoch">, epoch: number): boolean {
  return call.epoch > epoch && !failpointActive("connection.fence.off");
}

/**
 * All steps as one decision; the call is created when it is not there and one of them says how. A call that a later owner of
 * the connection has stamped is theirs: what this one still says of it is left out.
 */
async function write(calls: Context["calls"], scope: CallScope, callId: string, steps: readonly Step[], epoch: number): Promise<void> {
  const all = (call: Call) => {
    if (isTheirs(call, epoch)) return { state: call, events: [] };
    const stamped = call.epoch === epoch ? call : { ...call, epoch };
    return steps.reduce<Decided>(({ state, events }, step) => merge(events, step.decide(state)), { state: stamped, events: [] });
  };
  try {
    await calls.update(scope, callId, all);
  } catch (error) {
    unless("call_not_found")(error);
    const create = steps.find((step) => step.create)?.create;
    if (!create) return;
    const first = create();
    const { state, events } = all(first.state);
    await calls.create(scope, callId, { state, events: [...first.events, ...events] });
  }
}

function merge(before: Decided["events"], { state, events }: Decided): Decided {
  return { state, events: [...before, ...events] };
}

/** Whether it was done; not when it was given up. */
async function retry(work: () => Promise<void>, stop: AbortSignal, failed: (error: unknown, attempt: number) => void): Promise<boolean> {
  for (let attempt = 1; attempt <= STORE_TRIES && !stop.aborted; attempt++) {
    try {
      await work();
      return true;
    } catch (error) {
      failed(error, attempt);
      await backOff(attempt, 50, 2_000, stop);
    }
  }
  return false;
}
