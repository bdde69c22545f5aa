import type { DescMessage } from "@bufbuild/protobuf";
import { RELAY_HOLDS_MS, type Relay } from "@trunkline/events";
import { type Clock, failpointActive, type Logger, repeat } from "@trunkline/runtime";
import type { Synchronous } from "@trunkline/sqlite";
import { reannounce } from "../reannounce.ts";
import { withOver } from "../retention.ts";
import type { AggregateSpec, DomainEvent, Indexed, RowSpec, State, StoreBackend } from "../store.ts";
import { type AggregateParts, announce, sqliteAggregates } from "./aggregates.ts";
import { openDatabase } from "./database.ts";
import { sqliteDeadLetters } from "./dead-letters.ts";
import { sqliteRows } from "./rows.ts";
import { sqliteTable, type Table } from "./table.ts";

export type SqliteBackendOptions = {
  /** ":memory:" for one that ends with the process. */
  readonly file: string;
  /** Default: normal. */
  readonly synchronous?: Synchronous;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  readonly log: Pick<Logger, "warn">;
};

const SWEEP_EVERY_MS = 2_000;
const ANNOUNCE_EVERY_MS = 60_000;
const SWEPT_AT_ONCE = 500;

type Source = AggregateParts & { readonly spec: Pick<AggregateSpec<State, DomainEvent, DescMessage>, "name" | "topic"> };

const IN_MEMORY = ":memory:";

/** Without a file, for tests and for benches that isolate what the product itself costs. */
export function memoryBackend(relay: Pick<Relay, "offer">, now: Clock): StoreBackend {
  return sqliteBackend({ file: IN_MEMORY, relay, now, log: { warn: () => undefined } });
}

/** The data of one service in one file, of one process; see docs/adr/0018. */
export function sqliteBackend({ file, synchronous = "normal", relay, now, log }: SqliteBackendOptions): StoreBackend {
  const db = openDatabase(file, synchronous);
  const tables = new Map<string, Table>();
  const open = (spec: Indexed) => {
    const found = tables.get(spec.name) ?? sqliteTable(db, spec);
    tables.set(spec.name, found);
    return found;
  };
  const sources: Source[] = [];
  const announcing: (() => Promise<number>)[] = [];
  const upkeep = (everyMs: number, work: () => Promise<unknown>) => repeat({ what: "outbox upkeep", everyMs, work, log, restFirst: true });
  // What ends with the process leaves nothing behind.
  const loops =
    file === IN_MEMORY
      ? []
      : [
          upkeep(SWEEP_EVERY_MS, async () => {
            if (!failpointActive("sweeper.off")) for (const source of sources) sweep(source);
          }),
          upkeep(ANNOUNCE_EVERY_MS, async () => {
            for (const one of announcing) while ((await one()) > 0);
          }),
        ];
  return {
    async aggregates<S extends State, E extends DomainEvent, M extends DescMessage, D extends string>(declared: AggregateSpec<S, E, M, D>) {
      const spec = withOver(declared as unknown as AggregateSpec<S, E, DescMessage, string>);
      const more = [[{ postponed: 1 }, { sparse: true }] as const, ...(spec.announce ? [{ writtenAt: 1 } as const] : [])];
      const parts = { table: open({ ...spec, indexes: [...spec.indexes, ...more] }), relay, now };
      sources.push({ ...parts, spec });
      const store = sqliteAggregates(spec, parts);
      const { announce: say } = spec;
      if (say) announcing.push(() => reannounce(store, say, now));
      return store;
    },
    rows: async <R extends object>(spec: RowSpec<R>) => sqliteRows<R>(spec, open(spec as Indexed)),
    deadLetters: async (consumer) => sqliteDeadLetters(db, consumer, now),
    check: async () => void db.get("SELECT 1"),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      for (const table of tables.values()) table.close();
      db.close();
    },
  };
}

/** What a crash left behind, and what the relay has given up; younger events belong to the relay that has just taken them. */
function sweep(source: Source): void {
  for (const left of source.table.pending(source.now() - RELAY_HOLDS_MS, SWEPT_AT_ONCE))
    if (left.outbox.length > 0 && !announce(source, left)) return;
}
