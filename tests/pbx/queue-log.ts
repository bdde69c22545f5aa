import { open, stat } from "node:fs/promises";

/** What happened in one queue, whoever counted it. */
export type Counts = {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly left: number;
  readonly talkMs: number;
};
export const NONE: Counts = { offered: 0, answered: 0, abandoned: 0, left: 0, talkMs: 0 };

/** Asterisk's own record of its queues, from now on. */
export async function openQueueLog(path: string): Promise<{ counts(queue: string): Promise<Counts> }> {
  const { size: from } = await stat(path);
  return {
    async counts(queue) {
      await using file = await open(path);
      const { size } = await file.stat();
      const { buffer } = await file.read({ buffer: Buffer.alloc(Math.max(1, size - from)), position: from });
      return countsOf(buffer.toString("utf8").split("\n"), queue);
    },
  };
}

const LEFT = new Set(["EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY"]);
/** Their last three values are the wait, the talk and the position, in whole seconds. */
const TALKED = new Set(["COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER"]);

/** @param lines time|call|queue|agent|event|values */
export function countsOf(lines: readonly string[], queue: string): Counts {
  const counts = { ...NONE };
  for (const line of lines) {
    const [, , of, , event = "", ...values] = line.trim().split("|");
    if (of !== queue) continue;
    if (event === "ENTERQUEUE") counts.offered += 1;
    if (event === "CONNECT") counts.answered += 1;
    if (event === "ABANDON") counts.abandoned += 1;
    if (LEFT.has(event)) counts.left += 1;
    if (TALKED.has(event)) counts.talkMs += (Number(values.at(-2)) || 0) * 1_000;
  }
  return counts;
}
