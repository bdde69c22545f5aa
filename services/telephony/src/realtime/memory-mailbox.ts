import { KEPT, type Mailbox, type Numbered } from "./mailbox.ts";

type Box = { count: number; frames: Numbered[]; seen: Set<string>; readers: Set<(numbered: Numbered) => void> };

/** Mailboxes of one process: for a single instance without Redis, and for tests. */
export function memoryMailbox(): Mailbox {
  const boxes = new Map<string, Box>();
  const epoch = crypto.randomUUID();
  const boxOf = (agent: string): Box => {
    const box = boxes.get(agent) ?? { count: 0, frames: [], seen: new Set(), readers: new Set() };
    boxes.set(agent, box);
    return box;
  };
  return {
    async put(agent, frame) {
      const box = boxOf(agent);
      const name = `${frame.key}/${frame.revision}`;
      if (box.seen.has(name)) return;
      box.seen.add(name);
      box.count += 1;
      const numbered = { id: String(box.count), frame: JSON.stringify(frame) };
      box.frames.push(numbered);
      if (box.frames.length > KEPT) box.frames.shift();
      if (box.seen.size > KEPT * 2) box.seen.delete(box.seen.values().next().value as string);
      for (const receive of box.readers) receive(numbered);
    },
    async after(agent, place) {
      const box = boxOf(agent);
      const oldest = Number(box.frames[0]?.id ?? box.count + 1);
      if (place.epoch !== epoch || Number(place.id) < oldest - 1 || Number(place.id) > box.count) return undefined;
      return box.frames.filter(({ id }) => Number(id) > Number(place.id));
    },
    tail: async (agent) => ({ epoch, id: String(boxOf(agent).count) }),
    check: async () => 0,
    async subscribe(agent, receive) {
      const box = boxOf(agent);
      box.readers.add(receive);
      return async () => void box.readers.delete(receive);
    },
    [Symbol.asyncDispose]: async () => boxes.clear(),
  };
}
