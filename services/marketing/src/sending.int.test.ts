import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { Channel, Purpose } from "@trunkline/proto/marketing";
import { startMailSink } from "../../../packages/dev-env/src/mail/mail-sink.ts";
import { startSmsc } from "../../../packages/dev-env/src/smsc/smsc.ts";
import type { Context } from "./context.ts";
import type { SendChannel } from "./domain/contact.ts";
import { giveConsent, optOut } from "./domain/contact-permission.ts";
import { call, createWorld, mortal, startEngine, TENANT, tryOf, until, type World } from "./engine.test-support.ts";
import { createBatch } from "./rpc/create-batch.ts";
import { getBatch } from "./rpc/get-batch.ts";
import { optOutByLink } from "./rpc/opt-out-by-link.ts";
import { sendMessage } from "./rpc/send-message.ts";

jest.setTimeout(30_000);
const stack: AsyncDisposable[] = [];
const use = <T extends AsyncDisposable>(resource: T): T => {
  stack.push(resource);
  return resource;
};
afterEach(async () => {
  for (const resource of stack.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

/** Everybody wants news, but every twentieth, who has said no. */
async function prepared({ templates, permissions }: Context, world: World, channel: SendChannel): Promise<void> {
  await templates.put(TENANT, {
    templateId: "news",
    channel,
    subject: "{{ customer.name }}",
    body: "{{ customer.name }}您好，保养八折。退订回TD",
  });
  for (const [n, { customerId }] of world.people.entries()) {
    const word = { channel, purpose: "marketing", proof: "form", at: world.now() } as const;
    await permissions.change(call, customerId, (permission) => (n % 20 === 0 ? optOut(permission, word) : giveConsent(permission, word)));
  }
}

const start = async (context: Context, channel = Channel.SMS, requestId = "r1") =>
  (
    await createBatch(context)(
      { segmentId: "everybody", templateId: "news", channel, purpose: Purpose.MARKETING, requestId } as never,
      tryOf(requestId),
    )
  ).batch?.batchId ?? "";
const read = async (context: Context, batchId: string) => (await getBatch(context)({ batchId } as never, call)).batch;
const finished = (context: Context, batchId: string) =>
  until("the batch is finished", async () => (await read(context, batchId))?.state === "finished");

async function ledger({ messages }: Context, batchId: string) {
  const rows = [];
  for (let token = ""; ; ) {
    const page = await messages.recipients(TENANT, { batchId, state: "" }, 200, token);
    rows.push(...page.items);
    token = page.nextToken;
    if (token === "") return rows;
  }
}
const sorted = (ids: readonly string[]) => [...ids].sort();

describe("an SMS batch", () => {
  it("reaches everybody but those who opted out, and the ledger equals what the centre took, receipts included", async () => {
    const world = createWorld(200);
    const [failing, refused] = [world.people[1]?.phone ?? "", world.people[2]?.phone ?? ""];
    const smsc = use(await startSmsc({ deliverReceiptAfterMs: 5, failNumbers: [failing], rejectNumbers: [refused] }));
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url }));
    await prepared(context, world, "sms");
    const id = await start(context);
    await finished(context, id);
    await until("every receipt is in", async () => (await read(context, id))?.counts?.["sent"] === undefined);
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
    await until("every receipt is in", async () => (await read(one.context, id))?.counts?.["sent"] === undefined);
    expect(await read(one.context, id)).toMatchObject({ counts: { delivered: 114, suppressed: 6 }, inDoubt: 0 });
    expect(smsc.received).toHaveLength(114);
  });

  // Each dies after another number of store operations: while preparing, between claim and submit, between submit and note.
  it.each([12, 40, 75, 110, 160, 200, 230])(
    "whose process dies at operation %d skips nobody and doubles at most the window, each reported",
    async (operations) => {
      const world = createWorld(60);
      const smsc = use(await startSmsc());
      const before = await startEngine(world, {});
      await prepared(before.context, world, "sms");
      const process = mortal(world.backend, operations);
      const doomed = use(await startEngine(world, { SMPP_URL: smsc.url, SMPP_WINDOW: "5" }, process.backend));
      use({ [Symbol.asyncDispose]: async () => process.bury() });
      const id = await start(before.context);
      await before[Symbol.asyncDispose]();
      doomed.context.nudgeBatches();
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

describe("an e-mail batch", () => {
  it("reaches everybody but those who opted out; the sink's Message-IDs are the ledger's, each with a way to unsubscribe", async () => {
    const world = createWorld(100);
    const [gone, later] = [world.people[1]?.email ?? "", world.people[2]?.email ?? ""];
    const sink = use(await startMailSink({ failAddresses: [gone], deferAddresses: [later] }));
    const { context } = use(await startEngine(world, { SMTP_URL: sink.url }));
    await prepared(context, world, "email");
    const id = await start(context, Channel.EMAIL);
    await finished(context, id);
    expect(await read(context, id)).toMatchObject({ total: 100, counts: { sent: 94, suppressed: 5, failed_final: 1 } });
    const rows = await ledger(context, id);
    expect(sorted(rows.filter(({ state }) => state === "sent").map((row) => `${row.id}@example.test`))).toEqual(
      sorted(sink.received.map(({ messageId }) => messageId)),
    );
    expect(rows.find(({ customerId }) => customerId === "c0002")).toMatchObject({ state: "sent", attempts: 2 });
    const mail = sink.received.find(({ to }) => to === "person3@example.test");
    expect(mail).toMatchObject({ subject: "客户3", body: expect.stringContaining("客户3您好") });
    // The mailbox that does not exist is not tried again by anybody.
    expect((await context.permissions.find(TENANT, "c0001")).suppressions).toMatchObject([{ channel: "email", reason: "smtp_550" }]);
    await optOutByLink(context)({ token: mail?.unsubscribe.split("/").at(-1) } as never, call);
    expect((await context.permissions.find(TENANT, "c0003")).consents).toMatchObject([
      { channel: "email", state: "withdrawn", proof: "link" },
    ]);
  });

  it("waits while the mail server is away, without using up attempts", async () => {
    const world = createWorld(10);
    const first = await startMailSink();
    await first[Symbol.asyncDispose]();
    const { context } = use(await startEngine(world, { SMTP_URL: first.url }));
    await prepared(context, world, "email");
    const id = await start(context, Channel.EMAIL);
    await until("somebody was tried", async () => (await ledger(context, id)).some(({ attempts }) => attempts > 0));
    const sink = use(await startMailSink({ port: first.port }));
    world.advance(1_000);
    await finished(context, id);
    expect(sink.received).toHaveLength(9);
    expect(await read(context, id)).toMatchObject({ counts: { sent: 9, suppressed: 1 } });
  });
});

describe("a single message", () => {
  const survey = (context: Context, requestId: string, hash = "h") =>
    sendMessage(context)(
      {
        customerId: "c0001",
        channel: Channel.SMS,
        purpose: Purpose.SURVEY,
        templateId: "survey",
        variables: { link: "https://x.test/s/1" },
        requestId,
      } as never,
      tryOf(requestId, hash),
    );
  const opened = async (more: Record<string, string> = {}) => {
    const world = createWorld(5);
    const smsc = use(await startSmsc({ deliverReceiptAfterMs: 1 }));
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url, ...more }));
    await context.templates.put(TENANT, { templateId: "survey", channel: "sms", subject: "", body: "{{ customer.name }}请评分{{ link }}" });
    return { world, smsc, context };
  };

  it("goes out once for one request_id, and another body under it is refused", async () => {
    const { smsc, context } = await opened();
    const [first, second] = [await survey(context, "s1"), await survey(context, "s1")];
    expect(second.message?.messageId).toBe(first.message?.messageId);
    await expect(survey(context, "s1", "other")).rejects.toMatchObject({ code: "request_id_reused" });
    await until("it arrived", async () => (await context.messages.get(TENANT, first.message?.messageId ?? "")).state === "delivered");
    expect(smsc.received.map(({ text }) => text)).toEqual(["客户1请评分https://x.test/s/1"]);
  });

  it("for a second survey in the rest period is suppressed at once", async () => {
    const { context } = await opened();
    await survey(context, "s1");
    expect((await survey(context, "s2")).message).toMatchObject({ state: "suppressed", reason: "rest_period" });
  });

  it("in quiet hours waits for their end", async () => {
    const { world, smsc, context } = await opened({ QUIET_HOURS: "11:00-13:00" });
    expect((await survey(context, "s1")).message?.state).toBe("queued");
    world.advance(3_590_000);
    context.nudgeSender("sms");
    await survey(context, "s2");
    expect(smsc.received).toEqual([]);
    world.advance(10_000);
    await until("it went out", () => smsc.received.length === 1);
  });

  it("without a variable that its template needs is refused before anything is stored", async () => {
    const { context, smsc } = await opened();
    const request = {
      customerId: "c0001",
      channel: Channel.SMS,
      purpose: Purpose.SURVEY,
      templateId: "survey",
      variables: {},
      requestId: "s1",
    };
    await expect(sendMessage(context)(request as never, tryOf("s1"))).rejects.toMatchObject({ code: "template_variable_missing" });
    expect(smsc.received).toEqual([]);
  });

  it("that is long arrives whole, and one of more than ten parts is refused", async () => {
    const { context, smsc } = await opened();
    const request = (link: string, requestId: string) =>
      sendMessage(context)(
        {
          customerId: "c0002",
          channel: Channel.SMS,
          purpose: Purpose.SERVICE,
          templateId: "survey",
          variables: { link },
          requestId,
        } as never,
        tryOf(requestId),
      );
    await request("长".repeat(600), "l1");
    const { message } = await request("长".repeat(700), "l2");
    await until(
      "one arrived and one failed",
      async () =>
        smsc.received.length === 1 && (await context.messages.get(TENANT, message?.messageId ?? "")).reason === "message_too_long",
    );
    expect(smsc.received[0]?.text).toBe(`客户2请评分${"长".repeat(600)}`);
  });

  it("answered with a keyword ends surveys and marketing by SMS for that person, and service messages go on", async () => {
    const { context, smsc } = await opened();
    await survey(context, "s1");
    await until("it went out", () => smsc.received.length === 1);
    await smsc.sendMobileOriginated(smsc.received[0]?.destination ?? "", " td。");
    const { consents } = await context.permissions.find(TENANT, "c0001");
    expect(consents.map(({ channel, purpose, state, proof }) => `${channel} ${purpose} ${state} ${proof}`).sort()).toEqual([
      "sms marketing withdrawn keyword",
      "sms survey withdrawn keyword",
    ]);
    expect((await survey(context, "s3")).message).toMatchObject({ state: "suppressed", reason: "opted_out" });
  });
});

describe("what leaves the service", () => {
  it("in events and log lines holds no number, address, name or text", async () => {
    const world = createWorld(30);
    const [smsc, sink] = [
      use(await startSmsc({ deliverReceiptAfterMs: 1, failNumbers: [world.people[3]?.phone ?? ""] })),
      use(await startMailSink({ failAddresses: [world.people[4]?.email ?? ""] })),
    ];
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url, SMTP_URL: sink.url }));
    for (const channel of ["sms", "email"] as const) {
      await prepared(context, world, channel);
      await finished(context, await start(context, channel === "sms" ? Channel.SMS : Channel.EMAIL, channel));
    }
    await smsc.sendMobileOriginated(world.people[5]?.phone ?? "", "TD");
    expect(world.published.filter(({ topic }) => topic === "trunkline.marketing.message.v1").length).toBeGreaterThan(100);
    const everything = [...world.lines, ...world.published.map(({ payload }) => Buffer.from(payload).toString("utf8"))].join("\n");
    for (const { phone, email, name } of world.people)
      for (const secret of [phone, phone.slice(3), email, name]) expect(everything.includes(secret)).toBe(false);
    expect(everything).not.toContain("保养");
  });
});
