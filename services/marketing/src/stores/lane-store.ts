import type { StoreBackend } from "@trunkline/store";
import type { SendChannel } from "../domain/contact.ts";
import { type Lane, laneKey } from "../domain/lane.ts";

/** `wokenAt`: when a message last came into it. */
export type AwakeLane = Lane & { readonly wokenAt: number };
type Row = Omit<AwakeLane, "tenant"> & { readonly wakeAt: number };

/** In which lanes a message may be due, so that a sender has to ask no others. */
export type LaneStore = {
  /** Before a message comes into it: whatever crash follows, the lane is looked at. */
  wake(lane: Lane, at: number): Promise<void>;
  /** Those that may have something due, longest awake first. */
  awake(channel: SendChannel, at: number, limit: number): Promise<readonly AwakeLane[]>;
  /** Nothing is due in it before `until` (undefined: ever), unless it has been woken since it was read. A lane just woken stays awake. */
  rest(lane: AwakeLane, at: number, until: number | undefined): Promise<void>;
};

/** A lane is woken again so often at most, and stays awake for longer than any message takes to come. */
const WAKE_EVERY_MS = 30_000;
const AWAKE_MS = 60_000;
const NEVER = Number.MAX_SAFE_INTEGER;
const REMEMBERED = 10_000;

export async function openLaneStore(backend: StoreBackend): Promise<LaneStore> {
  const rows = await backend.rows<Row>({
    name: "lanes",
    indexes: [
      {
        channel: 1,
        wakeAt: 1,
      },
    ],
  });
  const woken = new Map<string, number>();
  return {
    async wake({ tenant, channel, purpose }, at) {
      const key = laneKey({ tenant, channel, purpose });
      const last = woken.get(key);
      if (last !== undefined && at >= last && at < last + WAKE_EVERY_MS) return;
      await rows.upsert(tenant, rowId({ tenant, channel, purpose }), () => ({ channel, purpose, wakeAt: at, wokenAt: at }));
      if (woken.size >= REMEMBERED) woken.clear();
      woken.set(key, at);
    },
    awake: async (channel, at, limit) =>
      (await rows.due({ channel, wakeAt: { $lte: at } }, "wakeAt", limit)).map(({ tenant, row: { purpose, wokenAt } }) => ({
        ...{ tenant, channel, purpose, wokenAt },
      })),
    async rest(lane, at, until = NEVER) {
      if (at < lane.wokenAt + AWAKE_MS) return;
      await rows.upsert(lane.tenant, rowId(lane), (row) => (row?.wokenAt === lane.wokenAt ? { ...row, wakeAt: until } : undefined));
    },
  };
}

const rowId = ({ channel, purpose }: Lane) => `${channel}/${purpose}`;
