import { unless } from "@trunkline/errors";
import { type Logger, repeat } from "@trunkline/runtime";
import type { Mailbox } from "./mailbox.ts";

const RETRY_MS = 500;
/** Frames of one agent that wait, some minutes' worth; desktops get snapshots while the mailboxes are away, so that one too many is no loss. */
export const MOST = 2_000;
/** Agents whose frames are handed over side by side: a minute's frames are many, and new ones wait behind them. */
const AT_ONCE = 32;

type Put = Parameters<Mailbox["put"]>[1];
export type LateFrames = Pick<Mailbox, "put"> & AsyncDisposable;

/**
 * Frames that the mailboxes could not take wait here and go in when they are back, each agent's in order: whoever tells the
 * desktops something has other things to do meanwhile.
 */
export function lateFrames(mailbox: Pick<Mailbox, "put">, log: Logger): LateFrames {
  const waiting = new Map<string, Put[]>();
  const keep = (agent: string, frame: Put) => {
    const frames = waiting.get(agent) ?? [];
    waiting.set(agent, frames);
    frames.push(frame);
    if (frames.length > MOST) frames.shift();
  };
  const handOver = async (agents: Iterable<[string, Put[]]>) => {
    for (const [agent, frames] of agents) {
      // What comes meanwhile goes to the end of the list.
      for (let frame = frames[0]; frame; frame = frames[0]) {
        if (!(await taken(mailbox.put(agent, frame)))) return;
        // It may have been dropped meanwhile, for another one.
        if (frames[0] === frame) frames.shift();
      }
      waiting.delete(agent);
    }
  };
  const work = async () => {
    const agents = waiting.entries();
    await Promise.all(Array.from({ length: AT_ONCE }, () => handOver(agents)));
  };
  const late = repeat({ what: "handing late frames over", everyMs: RETRY_MS, work, log, restFirst: true });
  return {
    async put(agent, frame) {
      if (waiting.has(agent) || !(await taken(mailbox.put(agent, frame)))) keep(agent, frame);
    },
    [Symbol.asyncDispose]: () => late[Symbol.asyncDispose](),
  };
}

/** False when the mailboxes are away. */
function taken(put: Promise<void>): Promise<boolean> {
  return put.then(
    () => true,
    (error: unknown) => {
      unless("mailbox_unavailable")(error);
      return false;
    },
  );
}
