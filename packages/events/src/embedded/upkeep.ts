import { pause } from "@trunkline/runtime";
import type { Tables } from "./tables.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 30 * DAY_MS;
/** A late copy of an old event may be the last of its key for a moment, until its source announces it again: so long the one before stays too. */
const SUPERSEDED_MS = DAY_MS;
/** Between two steps, so that none of them is felt. */
const REST_MS = 5;

/** Removes what is old: events of ordinary topics after 30 days, on compacted ones what has had a newer event of its key for a day. */
export async function removeOld(tables: Tables, now: () => number, stop: AbortSignal): Promise<void> {
  const places = [...tables.topics().values()].flatMap((topic) => (topic.compacted ? [] : topic.places));
  for (const [n, place] of places.entries()) {
    while (!stop.aborted && tables.removeOld(place, now() - KEPT_MS)) await pause(REST_MS, stop);
    if (n % 100 === 99) await pause(REST_MS, stop);
  }
  while (!stop.aborted && tables.compact(now() - SUPERSEDED_MS)) await pause(REST_MS, stop);
}
