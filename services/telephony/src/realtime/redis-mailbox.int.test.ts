import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, jest } from "@jest/globals";
import type { Frame } from "@trunkline/desktop-client";
import { startEngines } from "@trunkline/dev-env";
import type { Mailbox } from "./mailbox.ts";
import { redisMailbox } from "./redis-mailbox.ts";

jest.setTimeout(60_000);

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const frame: Frame = { type: "call", key: "call:c1", revision: 1, callId: "c1", state: "talking" };

async function checked(mailbox: Mailbox): Promise<number> {
  for (const end = performance.now() + 20_000; ; await pause(50)) {
    const cuts = await mailbox.check().catch(() => undefined);
    if (cuts !== undefined) return cuts;
    if (performance.now() > end) throw new Error("the mailboxes did not come back");
  }
}

describe("mailboxes in a Redis that goes away and comes back", () => {
  it("say that they are away, then that frames may have been missed, and reach also who subscribed meanwhile", async () => {
    await using stack = new AsyncDisposableStack();
    const dataDir = mkdtempSync(join(tmpdir(), "trunkline-mailbox-"));
    stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
    const engines = stack.use(await startEngines({ env: { ...process.env, REDIS_URL: undefined }, dataDir, only: ["redis"] }));
    const mailbox = stack.use(await redisMailbox(engines.redisUrl, "mailbox-test.", silent));
    expect(await mailbox.check()).toBe(0);
    const came: string[] = [];
    await mailbox.subscribe("t/before", ({ id }) => void came.push(`before ${id}`));
    await engines.kill("redis");
    await expect(mailbox.put("t/before", frame)).rejects.toMatchObject({ code: "mailbox_unavailable" });
    await expect(mailbox.check()).rejects.toMatchObject({ code: "mailbox_unavailable" });
    await mailbox.subscribe("t/meanwhile", ({ id }) => void came.push(`meanwhile ${id}`));
    // Long enough for what waits in the client to be given up.
    await pause(1_500);
    await engines.restart("redis");
    expect(await checked(mailbox)).toBeGreaterThan(0);
    for (const agent of ["t/before", "t/meanwhile"]) await mailbox.put(agent, frame);
    for (const end = performance.now() + 60_000; came.length < 2 && performance.now() < end; ) await pause(20);
    expect(came.toSorted()).toEqual(["before 1", "meanwhile 1"]);
  });
});
