import type { Frame } from "./protocol.ts";

const KEYS = 1_000;

export type SeenFrames = {
  /** @returns false when this frame, or a newer one of its key, was taken already */
  take(frame: Frame): boolean;
  /** A snapshot begins anew; a pop that is known more completely than the snapshot has it stays as it is. */
  restart(frames: readonly Frame[]): readonly Frame[];
};

/** What a desktop has, by key, newest revision; bounded: the oldest keys are forgotten. */
export function seenFrames(): SeenFrames {
  let newest = new Map<string, Frame>();
  const keep = (frame: Frame) => {
    newest.delete(frame.key);
    newest.set(frame.key, frame);
    if (newest.size > KEYS) newest.delete(newest.keys().next().value as string);
  };
  return {
    take(frame) {
      const known = newest.get(frame.key);
      if (known && known.revision >= frame.revision) return false;
      keep(frame);
      return true;
    },
    restart(frames) {
      const before = newest;
      newest = new Map();
      // A call's revision in a snapshot is 0: there only the order on the socket tells, so its frame is taken as it is.
      const current = frames.map((frame) => {
        const known = before.get(frame.key);
        return frame.type === "pop" && known && known.revision > frame.revision ? known : frame;
      });
      for (const frame of current) keep(frame);
      return current;
    },
  };
}
