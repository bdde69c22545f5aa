import { setImmediate as nextTurn } from "node:timers/promises";

const LONGEST_MS = 10;

let since = performance.now();

/** Gives timers and sockets their turn where the work of many events never waits for anything, as over a database in this process. */
export async function giveWay(): Promise<void> {
  if (performance.now() - since < LONGEST_MS) return;
  await nextTurn();
  since = performance.now();
}
