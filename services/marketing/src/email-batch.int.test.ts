import { afterEach, describe, expect, it } from "@jest/globals";
import { startMailSink } from "@trunkline/dev-env/simulators";
import { Channel } from "@trunkline/proto/marketing";
import { finished, ledger, prepared, read, sorted, start } from "./batch.test-support.ts";
import { call, createWorld, resources, startEngine, TENANT, until } from "./engine.test-support.ts";
import { optOutByLink } from "./rpc/opt-out-by-link.ts";

const { use, close } = resources();
afterEach(close);

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
    await optOutByLink(context, { token: mail?.unsubscribe.split("/").at(-1) } as never, call);
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
    expect(Math.max(...(await ledger(context, id)).map(({ attempts }) => attempts))).toBeLessThanOrEqual(3);
    expect(await read(context, id)).toMatchObject({ counts: { sent: 9, suppressed: 1 } });
  });

  it("is kept for a server that is away for hours, and goes out once it is back", async () => {
    const world = createWorld(2);
    const first = await startMailSink();
    await first[Symbol.asyncDispose]();
    // The settings as they are shipped.
    const { context } = use(await startEngine(world, { SMTP_URL: first.url, SEND_RETRY_MS: "30000", SEND_LEASE_MS: "30000" }));
    await prepared(context, world, "email");
    const id = await start(context, Channel.EMAIL);
    let before = 0;
    /** Whether it was tried once more, and waits for the next time. */
    const triedAgain = async () => {
      const waiting = (await ledger(context, id)).find(({ state }) => state === "failed_retryable");
      return waiting !== undefined && waiting.attempts > before;
    };
    for (const hours of [1, 2, 3]) {
      await until(`it was tried ${hours} times`, triedAgain);
      before = (await ledger(context, id)).reduce((sum, row) => sum + row.attempts, 0);
      world.advance(hours * 3_600_000);
    }
    const sink = use(await startMailSink({ port: first.port }));
    await finished(context, id);
    expect(sink.received).toHaveLength(1);
    expect(await read(context, id)).toMatchObject({ counts: { sent: 1, suppressed: 1 } });
  });
});
