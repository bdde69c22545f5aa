import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { openTables } from "./embedded/tables.ts";
import { type Publication, toMessage } from "./relay.ts";
import type { Subscription } from "./subscription.ts";
import { outboxEntry, type Topic } from "./topic.ts";

export type Published = {
  readonly topic: string;
  readonly tenant: string;
  readonly id: string;
  readonly n: number;
  readonly type: string;
  readonly payload: Uint8Array;
};

const REMEMBERED = 1_000;

/**
 * The embedded log in memory, for a service's own tests: what goes out waits until somebody drains it to the consumers. It stands on the log's
 * tables without relay and readers, whose work is done at once and in an order of the tests' own, so that each run is the same.
 */
export function createBus(service: string) {
  const tables = openTables(":memory:");
  type Written = ReturnType<typeof tables.append>[number];
  const published: Published[] = [];
  /** Where what was published stands. */
  const written: Written[] = [];
  const waiting: Written[] = [];
  const delivered: Written[] = [];
  let consumers = new Map<string, Subscription>();
  // The same at every run.
  let seed = 1;
  const someOld = (): Written | undefined => {
    seed = (seed * 48_271) % 2_147_483_647;
    return delivered[seed % (delivered.length * 2)];
  };
  const append = (publication: Omit<Publication, "published">) => {
    tables.ensure([{ name: publication.topic, partitions: 1, compacted: false }]);
    return tables.append(
      publication.entries.map((entry) => toMessage({ publication, entry })),
      0,
    );
  };
  const handle = async ({ place, offset }: Written) => {
    const [row] = tables.read(place, offset, 1);
    if (row) await consumers.get(place.topic)?.handle(row.raw, service);
  };
  /** Half of the time some old event comes once more behind a new one, as when a publisher was cut off for a while. */
  const deliver = async (one: Written) => {
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
    offer: ({ published: out, ...publication }: Publication) => {
      const { topic, tenant, id, entries } = publication;
      const places = append(publication);
      written.push(...places);
      waiting.push(...places);
      for (const { n, type, payload } of entries) {
        published.push({ topic, tenant, id, n, type, payload });
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
      for (const one of [...written]) await handle(one);
      await drain();
    },
    /** An event of another service. */
    publish: async <E extends DescMessage>(to: Topic<E>, tenant: string, id: string, n: number, message: MessageInitShape<E>) => {
      const scope = { tenant, actor: "service/other", causation: "", correlation: "" };
      const entry = outboxEntry(to, scope, { n, at: 0, message });
      for (const one of append({ source: "other", topic: to.name, tenant, id, entries: [entry] })) await deliver(one);
    },
  };
}
