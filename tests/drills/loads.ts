import { startBatchLoad } from "./batch-load.ts";
import { startCallLoad } from "./call-load.ts";
import { startDeskLoad } from "./desk-load.ts";
import type { Arena } from "./harness.ts";
import type { Load } from "./load.ts";

/** All that a centre does at once: the desk's requests first, then calls, then messages. The parameters are the desk's. */
export function startLoads(arena: Arena, atLeast: number, pauseMs: number): readonly [Load, Load, Load] {
  return [startDeskLoad(arena, atLeast, pauseMs), startCallLoad(arena), startBatchLoad(arena)];
}
