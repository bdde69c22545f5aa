import { afterEach, describe, expect, it } from "@jest/globals";
import { armFailpoints, failpoint, failpointActive } from "./failpoints.ts";
import { startChild } from "./testing.ts";

describe("failpoints", () => {
  afterEach(() => armFailpoints(""));

  it("do nothing unless they are armed", () => {
    failpoint("relay.after_send");
    expect(failpointActive("relay.drop")).toBe(false);
  });

  it("switch off the safeguards that are named, until they are armed anew", () => {
    armFailpoints("relay.drop=on,sweeper.off=on");
    expect(["relay.drop", "sweeper.off", "relay.after_send"].map(failpointActive)).toEqual([true, true, false]);
    failpoint("relay.drop");
    armFailpoints("store.committed=crash@1000000");
    expect(["relay.drop", "store.committed"].map(failpointActive)).toEqual([false, false]);
  });

  it.each(["relay.drop", "relay.drop=off", "relay.drop=crash", "relay.drop=crash@x", "Relay=on", "a=on b=on"])(
    "refuse %j, and say what is understood",
    (spec) => {
      expect(() => armFailpoints(spec)).toThrow(/is not understood: use name=on or name=crash@N/);
    },
  );

  it("kill the process without warning where a crash is armed", async () => {
    const child = startChild(`
      runtime.armFailpoints("store.committed=crash@1");
      process.on("exit", () => console.log("a chance to say something"));
      runtime.failpoint("elsewhere");
      console.log("alive");
      runtime.failpoint("store.committed");
      console.log("survived");
    `);
    await child.says("alive");
    expect(await child.ended).toMatchObject({ code: null, signal: "SIGKILL" });
  });
});
