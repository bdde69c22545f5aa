import { afterEach, describe, expect, it } from "@jest/globals";
import { startSmsc } from "@trunkline/dev-env/simulators";
import { finished, ledger, prepared, read, receiptsIn, sorted, start } from "./batch.test-support.ts";
import { createWorld, mortal, resources, startEngine, until } from "./engine.test-support.ts";

const { use, close } = resources();
afterEach(close);

describe("an SMS batch", () => {
  it("reaches everybody but those who opted out, and the ledger equals what the centre took, receipts included", async () => {
    const world = createWorld(200);
    const [failing, refused] = [world.people[1]?.phone ?? "", world.people[2]?.phone ?? ""];
    const smsc = use(await startSmsc({ deliverReceiptAfterMs: 5, failNumbers: [failing], rejectNumbers: [refused] }));
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url }));
    await prepared(context, world, "sms");
    const id = await start(context);
    await finished(context, id);
    await receiptsIn(context, id);
    expect(await read(context, id)).toMatchObject({ total: 200, inDoubt: 0, counts: { delivered: 188, suppressed: 10, failed_final: 2 } });
    const rows = await ledger(context, id);
    expect(sorted(rows.filter(({ sentAt }) => sentAt !== undefined).map((row) => row.id))).toEqual(
      sorted(smsc.received.map(({ messageRef }) => messageRef)),
    );
    expect(rows.filter(({ state }) => state === "suppressed").every(({ reason }) => reason === "opted_out")).toBe(true);
    expect(sorted(rows.filter(({ state }) => state === "failed_final").map(({ reason }) => reason))).toEqual([
      "invalid_destination",
      "receipt_undeliv",
    ]);
    expect(rows.every(({ recipient }) => recipient === undefined)).toBe(true);
    expect(smsc.received.find(({ destination }) => destination === world.people[3]?.phone)?.text).toBe("客户3您好，保养八折。退订回TD");
  });

  it("slows down when the centre says so, and loses and doubles nothing", async () => {
    const world = createWorld(60);
    const smsc = use(await startSmsc({ throttleEvery: 7 }));
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url }));
    await prepared(context, world, "sms");
    const id = await start(context);
    await finished(context, id);
    expect(smsc.throttled()).toBeGreaterThan(5);
    expect(await read(context, id)).toMatchObject({ counts: { sent: 57, suppressed: 3 }, inDoubt: 0 });
    expect(new Set(smsc.received.map(({ messageRef }) => messageRef)).size).toBe(57);
    expect(smsc.received).toHaveLength(57);
  });

  it("survives a cut connection: what had no answer is sent again under the same reference and reported", async () => {
    const world = createWorld(60);
    const unanswered = new Set<string>();
    const smsc = use(
      await startSmsc({
        swallowAnswer: ({ messageRef, smscId }) => Number(smscId) > 20 && unanswered.size < 4 && Boolean(unanswered.add(messageRef)),
      }),
    );
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url, SMPP_WINDOW: "6" }));
    await prepared(context, world, "sms");
    const id = await start(context);
    await until("some are in doubt", () => unanswered.size === 4);
    smsc.cut();
    const waiting = async () => (await ledger(context, id)).filter(({ state }) => state === "queued").length;
    await until("the others are through", async () => (await waiting()) === 0);
    world.advance(60_000);
    await finished(context, id);
    const refs = smsc.received.map(({ messageRef }) => messageRef);
    const doubled = sorted(refs.filter((ref, i) => refs.indexOf(ref) !== i));
    expect(new Set(refs).size).toBe(57);
    expect(doubled).toEqual(expect.arrayContaining([...unanswered]));
    expect(doubled.length).toBeLessThanOrEqual(6);
    const reported = (await ledger(context, id)).filter(({ inDoubt }) => inDoubt > 0).map((row) => row.id);
    expect(reported).toEqual(expect.arrayContaining(doubled));
    expect(await read(context, id)).toMatchObject({ counts: { sent: 57, suppressed: 3 } });
  });

  it("gets the receipts that waited for a connection, which come right behind the answer to the bind", async () => {
    const world = createWorld(60);
    const smsc = use(await startSmsc({ deliverReceiptAfterMs: 300 }));
    const first = await startEngine(world, { SMPP_URL: smsc.url });
    await prepared(first.context, world, "sms");
    const id = await start(first.context);
    await until("all are sent", () => smsc.received.length === 57);
    await finished(first.context, id);
    await first[Symbol.asyncDispose]();
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url }));
    await until("every receipt is in", async () => (await read(context, id))?.counts?.["delivered"] === 57);
  });

  it("goes out through two instances at once without doubling anybody", async () => {
    const world = createWorld(120);
    const smsc = use(await startSmsc({ deliverReceiptAfterMs: 1 }));
    const [one, two] = [use(await startEngine(world, { SMPP_URL: smsc.url })), use(await startEngine(world, { SMPP_URL: smsc.url }))];
    await prepared(one.context, world, "sms");
    const id = await start(one.context);
    await finished(two.context, id);
    await receiptsIn(one.context, id);
    expect(await read(one.context, id)).toMatchObject({ counts: { delivered: 114, suppressed: 6 }, inDoubt: 0 });
    expect(smsc.received).toHaveLength(114);
  });

  // Each dies after another number of store operations: while preparing, between claim and submit, between submit and note.
  it.each([12, 40, 75, 110, 160, 200, 230])(
    "whose process dies at operation %d skips nobody and doubles at most the window, each reported",
    async (operations) => {
      const world = createWorld(60);
      const smsc = use(await startSmsc());
      // Another instance takes the order and goes away, so that all the work is the doomed one's.
      const before = await startEngine(world, {});
      await before[Symbol.asyncDispose]();
      await prepared(before.context, world, "sms");
      const process = mortal(world.backend, operations);
      use(await startEngine(world, { SMPP_URL: smsc.url, SMPP_WINDOW: "5" }, process.backend));
      use({ [Symbol.asyncDispose]: async () => process.bury() });
      const id = await start(before.context);
      await until("it died", () => process.dead());
      smsc.cut();
      world.advance(60_000);
      const { context } = use(await startEngine(world, { SMPP_URL: smsc.url, SMPP_WINDOW: "5" }));
      await finished(context, id);
      const refs = smsc.received.map(({ messageRef }) => messageRef);
      const doubled = refs.filter((ref, i) => refs.indexOf(ref) !== i);
      expect(await read(context, id)).toMatchObject({ total: 60, counts: { sent: 57, suppressed: 3 } });
      expect(new Set(refs).size).toBe(57);
      expect(doubled.length).toBeLessThanOrEqual(5);
      const reported = new Set((await ledger(context, id)).filter(({ inDoubt }) => inDoubt > 0).map((row) => row.id));
      expect(doubled.filter((ref) => !reported.has(ref))).toEqual([]);
    },
  );
});
