import { describe, expect, it } from "@jest/globals";
import { memoryBackend } from "@trunkline/store";
import { openLaneStore } from "./lane-store.ts";

const adverts = { tenant: "t1", channel: "sms", purpose: "marketing" } as const;
const appointments = { tenant: "t2", channel: "sms", purpose: "service" } as const;
const MINUTE = 60_000;

describe("a lane", () => {
  it("is awake once something may come into it, on its channel, for every instance and after a restart", async () => {
    const backend = memoryBackend({ offer: () => true }, () => 1);
    const lanes = await openLaneStore(backend);
    await lanes.wake(adverts, 1_000);
    await lanes.wake(appointments, 2_000);
    const other = await openLaneStore(backend);
    expect(await other.awake("sms", 2_000, 10)).toEqual([
      { ...adverts, wokenAt: 1_000 },
      { ...appointments, wokenAt: 2_000 },
    ]);
    expect(await other.awake("email", 2_000, 10)).toEqual([]);
  });

  it("rests while it is empty, until its next message is due, but never right after it was woken", async () => {
    const lanes = await openLaneStore(memoryBackend({ offer: () => true }, () => 1));
    await lanes.wake(adverts, 0);
    const [seen] = await lanes.awake("sms", 0, 10);
    if (!seen) throw new Error("nothing is awake");
    // The message for which it was woken may be on its way still.
    await lanes.rest(seen, MINUTE - 1, undefined);
    expect(await lanes.awake("sms", MINUTE, 10)).toHaveLength(1);
    await lanes.rest(seen, MINUTE, 5 * MINUTE);
    expect(await lanes.awake("sms", 5 * MINUTE - 1, 10)).toEqual([]);
    expect(await lanes.awake("sms", 5 * MINUTE, 10)).toHaveLength(1);
    await lanes.wake(adverts, 2 * MINUTE);
    // Whoever saw it before it was woken again does not put it to rest.
    await lanes.rest(seen, 4 * MINUTE, undefined);
    expect(await lanes.awake("sms", 4 * MINUTE, 10)).toEqual([{ ...adverts, wokenAt: 2 * MINUTE }]);
  });
});
