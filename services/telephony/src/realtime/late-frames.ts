import type { Frame } from "@trunkline/desktop-client";
import { unless } from "@trunkline/errors";
import { type Logger, repeat } from "@trunkline/runtime";
import type { Mailbox } from "./mailbox.ts";

const RETRY_MS = 500;
/** Frames that wait; desktops get snapshots while the mailboxes are away, so that one too many is no loss. */
const MOST = 20_000;

export type LateFrames = Pick<Mailbox, "put"> & AsyncDisposable;

/**
 * Frames that the mailboxes could not take wait here and go in when they are back, each agent's in order: whoever tells the
 * desktops something has other things to do meanwhile.
 */
export function lateFrames(mailbox: Pick<Mailbox, "put">, log: Logger): LateFrames {
  const waiting = new Map<string, Frame[]>();
  let count = 0;
  const keep = (agent: string, frame: Frame) => {
    const frames = waiting.get(agent) ?? [];
    waiting.set(agent, frames);
    frames.push(frame);
    count += 1;
    if (count > MOST) count -= frames.splice(0, 1).length;
  };
  const work = async () => {
    for (const [agent, frames] of waiting) {
      // What comes meanwhile goes to the end of the list.
      for (let frame = frames[0]; frame; frame = frames[0]) {
        if (!(await taken(mailbox.put(agent, frame)))) return;
        count -= frames.splice(0, 1).length;
      }
      waiting.delete(agent);
    }
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
