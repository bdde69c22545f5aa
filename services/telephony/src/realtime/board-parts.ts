import { Buffer } from "node:buffer";
import type { BoardChange } from "@trunkline/desktop-client";
import type { RowsChange } from "./board.ts";

/** Of the rows in one part; a part stays under 64 KiB. */
const MOST_BYTES = 32 * 1024;
const LISTS = ["agentsGone", "queuesGone", "agents", "queues"] as const;

type Part = { readonly [list in (typeof LISTS)[number]]: string[] };

/** A change as the messages that tell it, each small enough to be one frame. */
export function boardParts(change: RowsChange, { after, seq, at }: Pick<BoardChange, "after" | "seq" | "at">): readonly string[] {
  const newPart = (): Part => ({ agentsGone: [], queuesGone: [], agents: [], queues: [] });
  let part = newPart();
  let bytes = 0;
  const parts = [part];
  for (const list of LISTS)
    for (const row of change[list]) {
      const text = JSON.stringify(row);
      const length = Buffer.byteLength(text);
      if (bytes > 0 && bytes + length > MOST_BYTES) {
        part = newPart();
        parts.push(part);
        bytes = 0;
      }
      part[list].push(text);
      bytes += length;
    }
  return parts.map((rows, n) => {
    const head = JSON.stringify({ type: "board_change", after, seq, part: n, more: n < parts.length - 1, at }).slice(0, -1);
    return `${head},${LISTS.map((list) => `"${list}":[${rows[list].join()}]`).join()}}`;
  });
}
