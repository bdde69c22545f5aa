import type { Outgoing } from "../transport.ts";
import { openFile } from "./open-file.ts";
import { openTables } from "./tables.ts";

/**
 * What some group of a log has still to read, and on compacted topics everything that stands there: what another log must be given so that every
 * group may begin at its start. Of a log that nobody uses; a page at a time, each partition in its order, topics without the prefix.
 */
export function* unreadIn(file: string, prefix: string): Generator<{ readonly topic: string; readonly page: readonly Outgoing[] }> {
  using db = openFile(file, "normal", true);
  const tables = openTables(file, "normal", db);
  const least = db.prepare("SELECT min(next) AS next FROM offsets WHERE place = ?");
  for (const [name, { places, compacted }] of tables.topics()) {
    if (!name.startsWith(prefix)) continue;
    const topic = name.slice(prefix.length);
    for (const place of places) {
      const { first, next } = tables.bounds(place);
      const read = least.get(place.id)?.["next"];
      // What nobody reads has no use elsewhere.
      for (
        let from = compacted ? first : Number(read ?? next), rows = tables.read(place, from);
        rows.length > 0;
        rows = tables.read(place, from)
      ) {
        yield { topic, page: rows.map(({ raw }) => ({ ...raw, topic })) };
        from = (rows.at(-1)?.offset ?? next) + 1;
      }
    }
  }
}
