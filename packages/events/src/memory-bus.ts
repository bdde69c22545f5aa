import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Publication } from "./relay.ts";
import type { Subscription } from "./subscription.ts";
import type { Topic } from "./topic.ts";

type Raw = Parameters<Subscription["handle"]>[0];
type Waiting = { readonly topic: string; readonly raw: Raw };
export type Published = {
  readonly topic: string;
  readonly tenant: string;
  readonly id: string;
  readonly n: number;
  readonly type: string;
  readonly payload: Uint8Array;
};

const REMEMBERED = 1_000;

/** A bus in memory, for a service's own tests: what goes out waits until somebody drains it to the consumers. */
export function createBus(service: string) {
  const published: Published[] = [];
  // The same at every run.
  let seed = 1;
  const someOld = (): Waiting | undefined => {
    seed = (seed * 48_271) % 2_147_483_647;
    const old = delivered[seed % (delivered.length * 2)];
    return old && { ...old, raw: { ...old.raw, headers: { ...old.raw.headers } } };
  };
  const delivered: Waiting[] = [];
  const waiting: Waiting[] = [];
  let consumers = new Map<string, Subscription>();
  const handle = async ({ topic, raw }: Waiting) => consumers.get(topic)?.handle(raw, service);
  /** Half of the time some old event comes once more behind a new one, as when a publisher was cut off for a while. */
  const deliver = async (one: Waiting) => {
    await handle(one);
    if (delivered.push(one) > REMEMBERED) delivered.shift();
    const again = someOld();
    if (again) await handle(again);
  };
  const drain = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await deliver(next);
  };
  return {
    /** Events as they went out, oldest first. */
    published,
    offer: ({ topic, tenant, id, entries, published: out }: Publication) => {
      for (const { n, type, payload, headers } of entries) {
        published.push({ topic, tenant, id, n, type, payload });
        waiting.push({ topic, raw: rawOf(tenant, id, n, payload, { ...headers, ce_type: `${topic}.${type}` }) });
        out(n);
      }
      return true;
    },
    subscribe: (subscriptions: readonly Subscription[]) => {
      consumers = new Map(subscriptions.map((subscription) => [subscription.topic.name, subscription]));
    },
    drain,
    /** Gives every event that went out to the consumers once more, as after a crash before the commit. */
    redeliver: async () => {
      const again = published.map(({ topic, tenant, id, n, type, payload }) => ({
        topic,
        raw: rawOf(tenant, id, n, payload, { ce_type: `${topic}.${type}` }),
      }));
      for (const one of again) await handle(one);
      await drain();
    },
    /** An event of another service. */
    publish: async <E extends DescMessage>(to: Topic<E>, tenant: string, id: string, n: number, message: MessageInitShape<E>) => {
      await deliver({ topic: to.name, raw: rawOf(tenant, id, n, toBinary(to.schema, create(to.schema, message)), {}) });
    },
  };
}

function rawOf(tenant: string, id: string, n: number, payload: Uint8Array, headers: Readonly<Record<string, string>>): Raw {
  return {
    key: `${tenant}/${id}`,
    value: Buffer.from(payload),
    headers: { sequence: String(n), ce_id: `${tenant}/${id}/${n}`, ...headers },
  };
}
