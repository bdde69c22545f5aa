import { setTimeout as delay } from "node:timers/promises";
import { actionHandler } from "./sim-actions.ts";
import { type PlaceCall, placeCall, type SimCall } from "./sim-call.ts";
import type { Pair } from "./sim-frames.ts";
import { type AutoRing, autoRing, playCall, type ScriptedCall } from "./sim-script.ts";
import { type SimAction, type SimServer, type SimUser, startSimServer } from "./sim-server.ts";
import { createWorld, type SimQueueConfig, type World } from "./sim-world.ts";

export type { PlaceCall, SimCall } from "./sim-call.ts";
export type { AutoRing, ScriptedCall } from "./sim-script.ts";
export type { SimAction, SimUser } from "./sim-server.ts";
export type { SimQueueConfig } from "./sim-world.ts";

export type PbxSimulatorOptions = {
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number;
  readonly users: readonly SimUser[];
  readonly queues: readonly SimQueueConfig[];
  /** UTC epoch ms; default the real clock. Stamps call ids and durations; timers run on real time. */
  readonly now?: () => number;
  /** Events carry a `Timestamp`, as with timestampevents in manager.conf. Default false, as there. */
  readonly timestamps?: boolean;
  /** Rings agents by itself; left out: only by command. */
  readonly autoRing?: AutoRing;
};

/** A PBX that speaks the Asterisk Manager protocol as a real Asterisk 22 does (same events, keys and order, by its recordings). */
export type PbxSimulator = AsyncDisposable & {
  readonly port: number;
  placeCall(call: PlaceCall): SimCall;
  /** Plays a whole call; resolves when it is over, rejects when the simulator is disposed meanwhile. */
  call(script: ScriptedCall): Promise<SimCall>;
  /** Calls that are not over, by Linkedid. */
  calls(): ReadonlyMap<string, SimCall>;
  /** What its clock says from now on, and then stamps events with; undefined: as it was started. */
  setClock(at: number | undefined): void;
  /** Cuts every client; the calls go on. */
  dropConnections(): void;
  /** Puts bytes between the events of every client, for tests of bad input. */
  sendRaw(bytes: Uint8Array | string): void;
  /** Logged-in clients. */
  clients(): number;
  /** Actions that clients sent (keys in lower case, log-ins left out), the newest 10,000. */
  actions(): readonly SimAction[];
};

export async function startPbxSimulator(options: PbxSimulatorOptions): Promise<PbxSimulator> {
  const { port = 0, users, queues, timestamps = false } = options;
  let clock: number | undefined;
  const now = () => clock ?? (options.now ?? Date.now)();
  const stop = new AbortController();
  const sleep = (ms: number) => delay(ms, undefined, { signal: stop.signal });
  const calls = new Map<string, SimCall>();
  let server: SimServer | undefined;
  const world = createWorld({ now, queues, event: (eventClass, name, pairs) => server?.event(eventClass, name, pairs) });

  const keep = (call: SimCall): SimCall => {
    calls.set(call.linkedid, call);
    void call.ended.then(() => calls.delete(call.linkedid));
    world.changed();
    return call;
  };
  const originate = (from: string, exten: string): boolean => {
    const queue = world.queues.find((one) => one.exten === exten);
    if (queue !== undefined) keep(placeCall(world, { from, queue: queue.name }));
    return queue !== undefined;
  };
  server = await startSimServer({
    port,
    users,
    handle: actionHandler({ world, calls, originate }),
    welcome: () => welcome(world),
    stamp: () => (timestamps || clock !== undefined ? [["Timestamp", `${(now() / 1000).toFixed(3)}000`]] : []),
  });
  if (options.autoRing) world.changed = autoRing(world, calls, options.autoRing, sleep);
  const { dropConnections, sendRaw, clients, received } = server;
  return {
    port: server.port,
    placeCall: (call) => keep(placeCall(world, call)),
    call: (script) => playCall((call) => keep(placeCall(world, call)), script, sleep),
    calls: () => calls,
    setClock: (at) => {
      clock = at;
    },
    dropConnections,
    sendRaw,
    clients,
    actions: received,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What a real PBX tells the one who has just logged in. */
function welcome(world: World): readonly (readonly ["system", string, readonly Pair[]])[] {
  const up = Math.floor((world.now() - world.startedAt) / 1000);
  return [
    [
      "system",
      "FullyBooted",
      [
        ["Uptime", up],
        ["LastReload", up],
        ["Status", "Fully Booted"],
      ],
    ],
  ];
}
