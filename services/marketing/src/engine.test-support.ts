import { DomainError } from "@trunkline/errors";
import type { OutboxEntry } from "@trunkline/events";
import type { CallContext } from "@trunkline/rpc";
import { backOff, type Logger } from "@trunkline/runtime";
import { memoryBackend, type StoreBackend } from "@trunkline/store";
import type { Addressee, CustomerDirectory } from "./clients/customer-directory.ts";
import { marketingConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { openEngine } from "./engine.ts";

export const TENANT = "t1";

export const call: CallContext = {
  tenant: TENANT,
  actor: "employee/e1",
  causation: "",
  correlation: "test",
  principal: {
    kind: "employee",
    id: "e1",
    tenant: TENANT,
    roles: [],
    permissions: new Set(),
    dataScope: "all",
    issuedAt: 0,
    expiresAt: 0,
    sessionStart: 0,
    sessionEnd: 0,
    mustChangePassword: false,
  },
  address: "",
  deadline: Number.MAX_SAFE_INTEGER,
  signal: new AbortController().signal,
};
export const tryOf = (requestId: string, bodyHash = "h"): CallContext => ({ ...call, retry: { requestId, method: "m", bodyHash } });

export type Published = { readonly topic: string; readonly id: string; readonly type: string; readonly payload: Uint8Array };

/** One world that outlives any number of engines: data, events, log lines, people, and a clock that can be moved. */
export type World = {
  readonly backend: StoreBackend;
  readonly published: Published[];
  readonly lines: string[];
  readonly people: Addressee[];
  readonly advance: (ms: number) => void;
  readonly now: () => number;
  readonly log: Logger;
};

/** A Tuesday in Shanghai, where these people live; time goes on from there. */
const NOON = Date.parse("2026-03-10T12:00:00+08:00");

export function createWorld(size: number): World {
  let shift = NOON;
  const started = performance.now();
  const now = () => Math.round(shift + performance.now() - started);
  const published: Published[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const keep = (topic: string, id: string, entries: readonly OutboxEntry[]) => {
    for (const { type, payload } of entries) published.push({ topic, id, type, payload });
    return true;
  };
  return {
    backend: memoryBackend({ offer: ({ topic, id, entries }) => keep(topic, id, entries) }, now),
    published,
    lines,
    people: Array.from({ length: size }, (_, n) => person(n)),
    advance: (ms) => {
      shift += ms;
    },
    now,
    log: { debug: line, info: line, warn: line, error: line },
  };
}

export const person = (n: number): Addressee => ({
  customerId: `c${String(n).padStart(4, "0")}`,
  name: `客户${n}`,
  phone: `+86138${String(10_000_000 + n)}`,
  email: `person${n}@example.test`,
  timeZone: "Asia/Shanghai",
});

function directory({ people }: World): CustomerDirectory {
  return {
    customer: async (_scope, customerId) => {
      const found = people.find((one) => one.customerId === customerId);
      if (!found) throw new DomainError("not_found", "customer_not_found", "there is no such customer");
      return found;
    },
    members: async (_scope, segmentId, cursor, size) => {
      if (segmentId !== "everybody") throw new DomainError("not_found", "segment_not_found", "there is no such segment");
      const start = Number(cursor || 0);
      const end = start + Math.min(size, 40);
      return { members: people.slice(start, end), next: end < people.length ? String(end) : "" };
    },
  };
}

const KEYS = { SERVICE_KEY: "{}", TRUSTED_KEYS: "{}", KAFKA_BROKERS: "none:0", CUSTOMER_ADDRESS: "none:0", WORKFORCE_ADDRESS: "none:0" };
const DEFAULTS = {
  DATA_DIR: ":memory:",
  QUIET_HOURS: "none",
  PUBLIC_URL: "https://pages.test",
  LINK_SECRET: "0123456789abcdef",
  SEND_RETRY_MS: "100",
  SEND_LEASE_MS: "25000",
  MAIL_FROM: "us@example.test",
};

/** The service without its entrances, on this world. */
export async function startEngine(
  world: World,
  env: Record<string, string>,
  backend: StoreBackend = world.backend,
): Promise<{ readonly context: Context } & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const config = marketingConfig({ ...KEYS, ...DEFAULTS, ...env });
  const context = await openEngine({
    backend,
    instance: "test",
    now: world.now,
    log: world.log,
    stack,
    config,
    customers: directory(world),
  });
  return { context, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Resources of a test, closed in reverse order after it. */
export function resources(): { use<T extends AsyncDisposable>(resource: T): T; close(): Promise<void> } {
  const open: AsyncDisposable[] = [];
  return {
    use: (resource) => {
      open.push(resource);
      return resource;
    },
    close: async () => {
      for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
    },
  };
}

/** Polls until it holds. @throws Error that says what did not come about within 20 s */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`did not come about: ${what}`);
    await backOff(1, 20, 20);
  }
}

/**
 * A process that dies after so many store operations: from then on nothing of it reaches the data and nothing answers it,
 * as after kill -9. `bury` lets what hangs end with an error, so that its sockets can be closed.
 */
export function mortal(
  backend: StoreBackend,
  operations: number,
): { readonly backend: StoreBackend; readonly dead: () => boolean; bury(): void } {
  let left = operations;
  const grave = Promise.withResolvers<never>();
  grave.promise.catch(() => undefined);
  const wrap = <T extends object>(store: T): T =>
    new Proxy(store, {
      get: (target, key) => {
        const method = Reflect.get(target, key) as unknown;
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          if (left <= 0) return grave.promise;
          left--;
          const result = Reflect.apply(method, target, args) as Promise<unknown>;
          // Even what was written is not heard of any more when death comes meanwhile.
          return result.then((value) => (left <= 0 ? grave.promise : value));
        };
      },
    });
  return {
    backend: {
      ...backend,
      aggregates: async (spec) => wrap(await backend.aggregates(spec)),
      rows: async (spec) => wrap(await backend.rows(spec)),
    },
    dead: () => left <= 0,
    bury: () => grave.reject(new DomainError("unavailable", "dead", "this process has died")),
  };
}
