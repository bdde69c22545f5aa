import { afterEach, describe, expect, it } from "@jest/globals";
import { startSmsc } from "@trunkline/dev-env/simulators";
import { Channel, Purpose } from "@trunkline/proto/marketing";
import type { Context } from "./context.ts";
import { createWorld, resources, startEngine, TENANT, tryOf, until } from "./engine.test-support.ts";
import { sendMessage } from "./rpc/send-message.ts";

const { use, close } = resources();
afterEach(close);

describe("a single message", () => {
  const survey = (context: Context, requestId: string, hash = "h") =>
    sendMessage(
      context,
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
    await context.templates.put(TENANT, {
      templateId: "notice",
      channel: "sms",
      purpose: "service",
      subject: "",
      body: "{{ customer.name }}请评分{{ link }}",
    });
    await context.templates.put(TENANT, {
      templateId: "survey",
      channel: "sms",
      purpose: "survey",
      subject: "",
      body: "{{ customer.name }}请评分{{ link }}",
    });
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
    await expect(sendMessage(context, request as never, tryOf("s1"))).rejects.toMatchObject({ code: "template_variable_missing" });
    expect(smsc.received).toEqual([]);
  });

  it("that is long arrives whole, and one of more than ten parts is refused", async () => {
    const { context, smsc } = await opened();
    const request = (link: string, requestId: string) =>
      sendMessage(
        context,
        {
          customerId: "c0002",
          channel: Channel.SMS,
          purpose: Purpose.SERVICE,
          templateId: "notice",
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

  it("answered with a keyword counts for every tenant that sent under the shared number, and for none that did not", async () => {
    const { world, context, smsc } = await opened();
    await context.templates.put("t2", { templateId: "survey", channel: "sms", purpose: "survey", subject: "", body: "{{ link }}" });
    const other = { ...tryOf("s9"), tenant: "t2" };
    await survey(context, "s1");
    await sendMessage(
      context,
      {
        customerId: "c0001",
        channel: Channel.SMS,
        purpose: Purpose.SURVEY,
        templateId: "survey",
        variables: { link: "x" },
        requestId: "s9",
      } as never,
      other,
    );
    await until("both went out", () => smsc.received.length === 2);
    await smsc.sendMobileOriginated(world.people[1]?.phone ?? "", "【退订】");
    const closed = async (tenant: string) => (await context.permissions.find(tenant, "c0001")).consents.length;
    expect([await closed(TENANT), await closed("t2"), await closed("t3")]).toEqual([2, 2, 0]);
  });
});
