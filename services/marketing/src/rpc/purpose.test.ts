import { afterEach, describe, expect, it } from "@jest/globals";
import { Channel, Purpose } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import { call, createWorld, resources, startEngine, TENANT, tryOf } from "../engine.test-support.ts";
import { createBatch } from "./create-batch.ts";
import { putTemplate } from "./put-template.ts";
import { sendMessage } from "./send-message.ts";

const { use, close } = resources();
afterEach(close);

const marketer = call;
const admin: CallContext = { ...call, principal: { ...call.principal, permissions: new Set(["template.purpose"]) } };

async function opened() {
  const { context } = use(await startEngine(createWorld(3), {}));
  const put = (by: CallContext, templateId: string, purpose: Purpose, body = "八折") =>
    putTemplate(context, { template: { templateId, channel: Channel.SMS, purpose, subject: "", body } } as never, by);
  const batch = (templateId: string, purpose: Purpose) =>
    createBatch(context, { segmentId: "everybody", templateId, channel: Channel.SMS, purpose } as never, tryOf(`${templateId}${purpose}`));
  return { context, put, batch };
}

describe("what a message is for", () => {
  it("is said by its template: nobody makes an advert a service message by calling it one", async () => {
    const { context, put, batch } = await opened();
    await put(marketer, "autumn-sms", Purpose.MARKETING);
    await expect(batch("autumn-sms", Purpose.SERVICE)).rejects.toMatchObject({ code: "template_purpose_differs" });
    expect((await batch("autumn-sms", Purpose.UNSPECIFIED)).batch?.purpose).toBe(Purpose.MARKETING);
    expect((await batch("autumn-sms", Purpose.MARKETING)).batch?.purpose).toBe(Purpose.MARKETING);
    const single = { customerId: "c0001", channel: Channel.SMS, templateId: "autumn-sms", variables: {} };
    await expect(sendMessage(context, { ...single, purpose: Purpose.SERVICE } as never, tryOf("s1"))).rejects.toMatchObject({
      code: "template_purpose_differs",
    });
    const { message } = await sendMessage(context, { ...single, purpose: Purpose.UNSPECIFIED } as never, tryOf("s2"));
    expect(message).toMatchObject({ purpose: Purpose.MARKETING, state: "suppressed", reason: "no_consent" });
  });

  it.each([Purpose.SERVICE, Purpose.SURVEY])("other than marketing, as %d, is chosen with a right of its own", async (purpose) => {
    const { context, put } = await opened();
    const refused = { kind: "forbidden", code: "template_purpose_reserved" };
    await expect(put(marketer, "notice", purpose)).rejects.toMatchObject(refused);
    expect((await put(admin, "notice", purpose)).template?.purpose).toBe(purpose);
    // Neither its words nor its purpose are changed without it.
    await expect(put(marketer, "notice", Purpose.UNSPECIFIED, "八折")).rejects.toMatchObject(refused);
    await expect(put(marketer, "notice", Purpose.MARKETING)).rejects.toMatchObject(refused);
    expect((await context.templates.latest(TENANT, "notice")).template.version).toBe(1);
  });

  it("is kept where a new version says nothing of it, and marketing for a new template", async () => {
    const { put } = await opened();
    await put(admin, "notice", Purpose.SERVICE);
    expect((await put(admin, "notice", Purpose.UNSPECIFIED, "明天上门")).template).toMatchObject({ purpose: Purpose.SERVICE, version: 2 });
    expect((await put(marketer, "news", Purpose.UNSPECIFIED)).template?.purpose).toBe(Purpose.MARKETING);
    // Another purpose is another version, though the words are the same.
    expect((await put(admin, "news", Purpose.SERVICE)).template).toMatchObject({ purpose: Purpose.SERVICE, version: 2 });
  });
});
