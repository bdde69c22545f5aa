import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { Frame } from "@trunkline/desktop-client";
import { startEngines } from "@trunkline/dev-env";
import { Redis } from "ioredis";
import { frameSeal } from "./frame-seal.ts";
import type { Mailbox } from "./mailbox.ts";
import { redisMailbox } from "./redis-mailbox.ts";

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
    const mailbox = stack.use(await redisMailbox(engines.redisUrl, "mailbox-test.", frameSeal("a-secret-of-the-test"), silent));
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

describe("mailboxes in Redis", () => {
  it("hold neither number nor name, and give them to another instance", async () => {
    await using stack = new AsyncDisposableStack();
    const url = process.env["REDIS_URL"] ?? "";
    const prefix = `mailbox-sealed-${process.pid}-${Date.now()}.`;
    const redis = new Redis(url);
    stack.defer(() => redis.disconnect());
    const open = async (secret: string) => stack.use(await redisMailbox(url, prefix, frameSeal(secret), silent));
    const [one, two, stranger] = [await open("a-secret-of-the-test"), await open("a-secret-of-the-test"), await open("another-secret")];
    const { epoch } = await one.tail("t1/e1");
    const came: string[] = [];
    await two.subscribe("t1/e1", ({ frame: text }) => void came.push(text));
    await stranger.subscribe("t1/e1", () => void came.push("opened"));
    const overheard: string[] = [];
    const spy = redis.duplicate();
    stack.defer(() => spy.disconnect());
    spy.on("message", (_channel, text) => void overheard.push(text));
    await spy.subscribe(`${prefix}mailbox:{t1/e1}`);
    const pop = { ...frame, key: "pop:o1", name: "王伟", number: "+8613900000001" } as Frame;
    await one.put("t1/e1", pop);
    for (const end = performance.now() + 5_000; (came.length === 0 || overheard.length === 0) && performance.now() < end; ) await pause(10);
    expect(came).toEqual([JSON.stringify(pop)]);
    expect(await two.after("t1/e1", { epoch, id: "0" })).toEqual([{ id: "1", frame: JSON.stringify(pop) }]);
    expect(await stranger.after("t1/e1", { epoch, id: "0" })).toBeUndefined();
    const keys = await redis.keys(`${prefix}*`);
    const kept = await redis.xrange(`${prefix}mailbox:{t1/e1}`, "-", "+");
    for (const text of [...keys, ...overheard, JSON.stringify(kept)]) expect(text).not.toMatch(/13900000001|王伟/);
    expect(kept).toHaveLength(1);
    await redis.del(...keys);
  });
});
