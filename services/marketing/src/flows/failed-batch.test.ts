import { afterEach, describe, expect, it } from "@jest/globals";
import { createBatch, type NewBatch } from "../domain/batch.ts";
import { call, createWorld, resources, startEngine, TENANT, tryOf, until } from "../engine.test-support.ts";
import { getBatch } from "../rpc/get-batch.ts";

const { use, close } = resources();
afterEach(close);

/** A port where nobody listens: the channel has settings and no way out. */
const CONFIGURED = { SMPP_URL: "smpp://u:p@127.0.0.1:1" };

async function opened(env: Record<string, string>) {
  const world = createWorld(3);
  const { context } = use(await startEngine(world, env));
  await context.templates.put(TENANT, { templateId: "news", channel: "sms", purpose: "marketing", subject: "", body: "八折" });
  const start = async (id: string, more: Partial<NewBatch> = {}) => {
    const expiresAt = world.now() + 1_000_000;
    const input = {
      id,
      segmentId: "everybody",
      templateId: "news",
      templateVersion: 1,
      channel: "sms",
      purpose: "marketing",
      expiresAt,
    } as const;
    await context.batches.create(tryOf(id), id, createBatch({ ...input, ...more }, world.now()));
  };
  const read = async (batchId: string) => (await getBatch(context, { batchId } as never, call)).batch;
  return { world, context, start, read };
}

describe("a batch that can never go on", () => {
  it.each<[string, Record<string, string>, Partial<NewBatch>]>([
    ["segment_not_found", CONFIGURED, { segmentId: "gone" }],
    ["template_not_found", CONFIGURED, { templateId: "gone" }],
    ["channel_not_configured", {}, {}],
    ["validity_over", CONFIGURED, { expiresAt: 1_000 }],
  ])("has failed, and says %s", async (reason, env, more) => {
    const { start, read } = await opened(env);
    await start("b1", more);
    await until("it has failed", async () => (await read("b1"))?.state === "failed");
    expect(await read("b1")).toMatchObject({ state: "failed", reason });
  });

  it("stops no other, however many there are", async () => {
    const { start, read } = await opened(CONFIGURED);
    for (let n = 0; n < 60; n++) await start(`bad${n}`, { segmentId: "gone" });
    await start("good");
    // All its recipients are refused for want of a consent, so it is through once it has been looked at.
    await until("it is in the ledger", async () => (await read("good"))?.total === 3);
  });
});
