import { describe, expect, it } from "@jest/globals";
import type { SessionFrame } from "@trunkline/desktop-client";
import { serviceScope } from "@trunkline/runtime";
import { goOffline } from "../domain/agent-session.ts";
import { answer, end, release } from "../domain/call.ts";
import { openFloor } from "../floor.test-support.ts";

describe("an agent who is taken off line during a call", () => {
  it("sees at once what follows the call, and then that it is so", async () => {
    await using floor = await openFloor(["a"]);
    const { sessions, queues } = floor.context;
    const now = () => floor.world.now;
    const told = async () => {
      await floor.drain();
      const frames = (await floor.desktop("a")).filter((frame): frame is SessionFrame => frame.type === "session");
      return frames.map(({ state, mode, reason }) => [state, mode, reason]).at(-1);
    };
    await floor.comes("c1");
    await floor.tell("c1", { decide: (call) => answer(call, "1001", "a", 0, now()) });
    expect(await told()).toEqual(["talking", "ready", ""]);
    floor.world.now += 1_000;
    await sessions.change(serviceScope("telephony", "t1", "force"), "a", now(), (session) => goOffline(session, "forced", now(), "s"));
    expect(await told()).toEqual(["talking", "offline", "forced"]);
    const { wrapUp } = queues.of("t1", "support");
    await floor.tell(
      "c1",
      { decide: (call) => release(call, "a", { ...wrapUp, mode: "none" }, now()) },
      { decide: (call) => end(call, 16, now()) },
    );
    expect(await told()).toEqual(["offline", "offline", "forced"]);
  });
});
