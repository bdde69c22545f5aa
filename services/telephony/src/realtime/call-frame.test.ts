import { describe, expect, it } from "@jest/globals";
import { answer, joinQueue, queueCall, release } from "../domain/call.ts";
import { offer } from "../domain/call-offers.ts";
import { unsetQueue } from "../domain/call-queue.ts";
import { callFrame } from "./call-frame.ts";

describe("what a call is to an agent", () => {
  it("says when their wrap-up ends, also while the same call rings at them again", () => {
    const about = { id: "c", connectorId: "x", linkedid: "l", startedAt: 1, queue: "support", direction: "inbound", routed: true } as const;
    const { wrapUp } = unsetQueue("support", 10_000);
    const rings = { employeeId: "a", extension: "1" };
    const first = offer(
      queueCall({ ...about, callerNumber: "", numberHash: "", numberKind: "withheld" }, 1).state,
      { ...rings, offerId: "o1" },
      2,
    );
    const handedOn = joinQueue(answer(first.state, "1", "a", 1, 3).state, "sales", wrapUp, 4).state;
    const again = offer(handedOn, { ...rings, offerId: "o2" }, 5).state;
    expect(callFrame(again, "a", 0, "ringing")).toMatchObject({ state: "ringing", until: 10_004 });
    const back = release(answer(again, "1", "a", 1, 6).state, "a", wrapUp, 7).state;
    expect(callFrame(back, "a", 0, "wrap_up")).toMatchObject({ until: 10_007 });
    expect(callFrame(back, "b", 0, "ended")).not.toHaveProperty("until");
  });
});
