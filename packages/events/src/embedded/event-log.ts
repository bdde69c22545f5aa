import { setImmediate as nextTurn } from "node:timers/promises";
import { type Logger, repeat } from "@trunkline/runtime";
import type { Synchronous } from "@trunkline/sqlite";
import { type Member, type Membership, type Offset, placeOf, type Transport } from "../transport.ts";
import { type Groups, openGroups } from "./groups.ts";
import { openFile } from "./open-file.ts";
import { openReader, type Reader } from "./reader.ts";
import { openTables, type Place, type Tables } from "./tables.ts";
import { removeOld } from "./upkeep.ts";

export type EventLogOptions = {
  /** ":memory:" for one that ends with the process. */
  readonly file: string;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
  /** Put before every topic and group. */
  readonly prefix?: string;
  /** No topic is created with more. */
  readonly mostPartitions?: number;
  /** "normal" survives the death of the process, "full" also that of the machine, at several times the price. */
  readonly synchronous?: Synchronous;
};

const UPKEEP_EVERY_MS = 60_000;

/**
 * Events in a file, for the case that all services live in this process: no broker, and readers hear at once of what is written.
 * @throws DomainError unavailable event_log_unavailable, in one line, where the file is damaged, or of a newer release
 */
export function openEventLog(options: EventLogOptions): Transport {
  const tables = openTables(options.file, options.synchronous);
  return eventLog(tables, options);
}

/** Of a log that another process writes: what stands on its topics and who has read how far. Nothing else works. */
export function readEventLog({
  file,
  prefix = "",
}: Pick<EventLogOptions, "file" | "prefix">): Pick<Transport, "scan" | "backlog"> & Disposable {
  const tables = openTables(file, "normal", openFile(file, "normal", true));
  const parts = { tables, prefix, groups: openGroups() };
  return {
    scan: (topic, take) => scan(parts, topic, take),
    backlog: async (groups) => groups.flatMap((group) => backlogOf(parts, group)),
    [Symbol.dispose]: () => tables.close(),
  };
}

/** Closes the tables when it is disposed. Consumers that are still there then are as after a kill. */
export function eventLog(
  tables: Tables,
  { file, now, log, prefix = "", mostPartitions = Number.POSITIVE_INFINITY }: EventLogOptions,
): Transport {
  const stop = new AbortController();
  const work = () => removeOld(tables, now, stop.signal);
  // What ends with the process leaves nothing behind.
  const upkeep =
    file === ":memory:" ? undefined : repeat({ what: "upkeep of the event log", everyMs: UPKEEP_EVERY_MS, work, log, restFirst: true });
  const parts = { tables, log, prefix, groups: openGroups(), readers: new Set<Reader>() };
  return {
    log,
    ensureTopics: async (topics) =>
      tables.ensure(
        topics.map(({ name, partitions, compacted }) => ({
          name: prefix + name,
          partitions: Math.min(partitions, mostPartitions),
          compacted,
        })),
      ),
    publisher: () => ({
      open: async () => undefined,
      send: async (batch) => {
        const written = tables.append(
          batch.map((message) => ({ ...message, topic: prefix + message.topic })),
          now(),
        );
        for (const place of new Set(written.map((one) => one.place))) for (const reader of parts.readers) reader.wake(place);
      },
      close: async () => undefined,
    }),
    join: async (membership) => join(parts, membership),
    scan: async (topic, take) => scan(parts, topic, take),
    backlog: async (groups) => groups.flatMap((group) => backlogOf(parts, group)),
    [Symbol.asyncDispose]: async () => {
      if (stop.signal.aborted) return;
      stop.abort();
      for (const reader of parts.readers) reader.halt();
      await upkeep?.[Symbol.asyncDispose]();
      tables.close();
    },
  };
}

type Parts = {
  readonly tables: Tables;
  readonly log: Logger;
  readonly prefix: string;
  readonly groups: Groups;
  readonly readers: Set<Reader>;
};
type Looking = Pick<Parts, "tables" | "prefix" | "groups">;

function placesOf({ tables, prefix }: Looking, topic: string): readonly Place[] {
  const known = tables.topics().get(prefix + topic);
  if (!known) throw new Error(`there is no topic ${prefix}${topic}`);
  return known.places;
}

function join(parts: Parts, membership: Membership): Member {
  const { tables, groups, readers, prefix } = parts;
  const places = new Map<string, Place>();
  for (const topic of membership.topics) for (const place of placesOf(parts, topic)) places.set(placeOf(topic, place.partition), place);
  const group = prefix + membership.group;
  const handle: Membership["handle"] = (batch, halted) => membership.handle({ ...batch, topic: batch.topic.slice(prefix.length) }, halted);
  const reader = openReader({ ...parts, group, handle, stop: membership.stop, places: [...places.values()] });
  const begin = () => {
    // From then on everybody can tell what the group reads, also beside this process.
    const never = [...places.values()].filter((place) => tables.committed(group, place) === undefined);
    tables.commit(
      group,
      never.map((place) => ({ place, next: tables.bounds(place).first })),
    );
    membership.assigned(new Set(places.keys()));
    reader.begin();
  };
  const candidate = { topics: membership.topics, begin };
  groups.enter(group, candidate);
  readers.add(reader);
  return {
    joined: Promise.resolve(),
    failure: reader.failure,
    commit: async (offsets) => {
      if (groups.reading(group) === candidate)
        tables.commit(
          group,
          offsets.flatMap((offset) => known(places, offset)),
        );
    },
    halt: reader.halt,
    leave: async () => {
      reader.halt();
      readers.delete(reader);
      groups.leave(group, candidate);
    },
  };
}

function known(places: ReadonlyMap<string, Place>, { topic, partition, next }: Offset) {
  const place = places.get(placeOf(topic, partition));
  return place ? [{ place, next }] : [];
}

async function scan(parts: Looking, topic: string, take: Parameters<Transport["scan"]>[1]): Promise<void> {
  for (const place of placesOf(parts, topic)) {
    const { next: end } = parts.tables.bounds(place);
    for (let from = 0, more = true; more; ) {
      const rows = parts.tables.read(place, from).filter(({ offset }) => offset < end);
      for (const { offset, raw } of rows) if (take(raw, offset) === "enough") return;
      from = (rows.at(-1)?.offset ?? end) + 1;
      more = from < end;
      await nextTurn();
    }
  }
}

/** Of a group that is there: what it reads, else what it has ever committed. */
function backlogOf(parts: Looking, group: string): string[] {
  const { tables, groups, prefix } = parts;
  const topics = groups.reading(prefix + group)?.topics;
  const places = topics?.flatMap((topic) => placesOf(parts, topic)) ?? tables.placesOf(prefix + group);
  if (places.length === 0) return [`${group}, which joins its group`];
  const waits = (place: Place) => {
    const { first, next } = tables.bounds(place);
    return (tables.committed(prefix + group, place) ?? first) < next;
  };
  return places.filter(waits).map(({ topic, partition }) => `${group} on ${placeOf(topic, partition)}`);
}
