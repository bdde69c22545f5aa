import { setImmediate as nextTurn } from "node:timers/promises";
import { DomainError } from "@trunkline/errors";
import { backOff, type Logger } from "@trunkline/runtime";
import { type Batch, type Membership, placeOf } from "../transport.ts";
import type { Place, Tables } from "./tables.ts";

/** So many partitions are handled side by side. */
const WIDTH = 16;

/** `position`: the offset that is read next, once the group's is known. `again`: something may have come since the last look. */
type Reading = { readonly place: Place; position: number | undefined; busy: boolean; again: boolean; failures: number };

export type ReaderParts = Pick<Membership, "group" | "handle" | "stop"> & {
  readonly places: readonly Place[];
  readonly tables: Pick<Tables, "bounds" | "read" | "committed">;
  readonly log: Logger;
};

export type Reader = {
  /** Reads on from what the group has committed. */
  begin(): void;
  /** There is something new on this partition. */
  wake(place: Place): void;
  halt(): void;
  failure(): Error | undefined;
};

/** Reads the partitions of a group and gives what stands there to its handler: of each a page at a time, and again as soon as there is more. */
export function openReader(parts: ReaderParts): Reader {
  const readings = new Map<number, Reading>(
    parts.places.map((place) => [place.id, { place, position: undefined, busy: false, again: false, failures: 0 }]),
  );
  const pages = pagesOf(parts, () => halted());
  const waiting = new Set<Reading>();
  let [running, reads] = [0, false];
  const halted = () => !reads || parts.stop.aborted || pages.lost() !== undefined;
  const wake = (reading: Reading) => {
    reading.again = true;
    if (reading.busy || halted()) return;
    waiting.add(reading);
    work();
  };
  const work = () => {
    for (const reading of waiting) {
      if (running >= WIDTH) return;
      waiting.delete(reading);
      void readOn(reading);
    }
  };
  const readOn = async (reading: Reading) => {
    running += 1;
    reading.busy = true;
    // Whoever has written goes on first, and what else is written in this turn of the loop comes along.
    await nextTurn();
    reading.again = false;
    const { paused } = halted() ? { paused: undefined } : await pages.handle(reading);
    running -= 1;
    work();
    if (paused) {
      await paused;
      reading.again = true;
    }
    reading.busy = false;
    if (reading.again) wake(reading);
  };
  return {
    begin() {
      reads = true;
      for (const reading of readings.values()) wake(reading);
    },
    wake({ id }) {
      const reading = readings.get(id);
      if (reading) wake(reading);
    },
    halt() {
      reads = false;
    },
    failure: pages.failure,
  };
}

function pagesOf({ group, handle, tables, stop, log }: ReaderParts, halted: () => boolean) {
  const troubled = new Map<Reading, Error>();
  let lost: Error | undefined;
  const page = (reading: Reading): Batch | undefined => {
    const { place } = reading;
    const { first, next } = tables.bounds(place);
    reading.position ??= tables.committed(group, place) ?? first;
    if (reading.position < first || reading.position > next) throw outOfRange(group, place, reading.position);
    const rows = reading.position === next ? [] : tables.read(place, reading.position);
    const messages = rows.map(({ offset, raw }) => ({ offset, key: raw.key, type: raw.headers["ce_type"], read: () => raw }));
    const last = rows.at(-1);
    return last && { topic: place.topic, partition: place.partition, messages, behind: next - 1 - last.offset };
  };
  const trouble = (reading: Reading, error: Error): Promise<void> | undefined => {
    reading.failures += 1;
    troubled.set(reading, error);
    if (error instanceof DomainError && error.code === "offset_out_of_range") {
      lost = error;
      log.error({ err: error }, error.message);
      return undefined;
    }
    log.warn({ err: error, topic: reading.place.topic }, "events could not be read; it is tried again");
    return backOff(reading.failures, 100, 5_000, stop);
  };
  return {
    lost: () => lost,
    failure: () => lost ?? troubled.values().next().value,
    /** @returns until when the partition waits, where it does */
    async handle(reading: Reading): Promise<{ readonly paused: Promise<void> | undefined }> {
      try {
        const batch = page(reading);
        reading.failures = 0;
        troubled.delete(reading);
        if (!batch) return { paused: undefined };
        const { next, paused } = await handle(batch, halted);
        reading.position = next ?? reading.position;
        reading.again ||= batch.behind > 0;
        return { paused };
      } catch (error) {
        return { paused: trouble(reading, error as Error) };
      }
    },
  };
}

function outOfRange(group: string, { topic, partition }: Place, offset: number): DomainError {
  const message =
    `${group} comes to offset ${offset} of ${placeOf(topic, partition)}, which the event log does not hold: find out what is missing, ` +
    "set the group's offset (packages/events/README.md), then restart";
  return new DomainError("unavailable", "offset_out_of_range", message, { topic, partition, offset });
}
