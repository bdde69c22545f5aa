import { describe, expect, it } from "@jest/globals";
import type { Frame } from "@trunkline/desktop-client";
import { DomainError } from "@trunkline/errors";
import { lateFrames, MOST } from "./late-frames.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const frame = (revision: number): Frame => ({ type: "call", key: "call:c1", revision, callId: "c1", state: "talking" });

/** A mailbox that can be away, and tells when so many frames have come. */
function mailbox() {
  const came: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const box = {
    away: true,
    came,
    wanted: 0,
    arrived: arrived.promise,
    async put(agent: string, { revision }: Frame) {
      if (box.away) throw new DomainError("unavailable", "mailbox_unavailable", "redis does not answer");
      came.push(`${agent} ${revision}`);
      if (came.length === box.wanted) arrived.resolve();
    },
  };
  return box;
}

describe("frames while the mailboxes are away", () => {
  it("hold nobody up and go in when they are back, each agent's in order", async () => {
    const box = mailbox();
    await using late = lateFrames(box, silent);
    box.wanted = 4;
    await late.put("t/e1", frame(1));
    await late.put("t/e2", frame(1));
    box.away = false;
    // The mailbox would take this one now, but an older one of the same agent waits.
    await late.put("t/e1", frame(2));
    await late.put("t/e3", frame(1));
    await box.arrived;
    expect(box.came[0]).toBe("t/e3 1");
    expect(box.came.filter((one) => one.startsWith("t/e1"))).toEqual(["t/e1 1", "t/e1 2"]);
    expect(box.came).toContain("t/e2 1");
  });

  it("of many agents go in side by side: nobody waits for another's backlog", async () => {
    const box = mailbox();
    const open = Promise.withResolvers<void>();
    const slow = { put: (agent: string, one: Frame) => (agent === "t/e1" && !box.away ? open.promise : box.put(agent, one)) };
    await using late = lateFrames(slow, silent);
    box.wanted = 1;
    for (const agent of ["t/e1", "t/e2"]) await late.put(agent, frame(1));
    box.away = false;
    await box.arrived;
    expect(box.came).toEqual(["t/e2 1"]);
    open.resolve();
  });

  it("are a bounded number: the oldest fall out", async () => {
    const box = mailbox();
    await using late = lateFrames(box, silent);
    box.wanted = MOST;
    for (let revision = 1; revision <= MOST + 3; revision++) await late.put("t/e1", frame(revision));
    box.away = false;
    await box.arrived;
    expect([box.came[0], box.came.length]).toEqual(["t/e1 4", MOST]);
  });

  it("are refused when the mailbox fails in another way", async () => {
    await using late = lateFrames({ put: () => Promise.reject(new Error("no such script")) }, silent);
    await expect(late.put("t/e1", frame(1))).rejects.toThrow("no such script");
  });
});
