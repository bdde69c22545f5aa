import { afterEach, expect, it } from "@jest/globals";
import { startSmsc } from "@trunkline/dev-env/simulators";
import { serviceScope } from "@trunkline/runtime";
import type { Context } from "./context.ts";
import type { Purpose } from "./domain/contact.ts";
import { queueMessage } from "./domain/message.ts";
import { createWorld, person, resources, startEngine, until } from "./engine.test-support.ts";

const { use, close } = resources();
afterEach(close);

it("one tenant's campaign delays neither its own appointments nor another tenant, also after a restart", async () => {
  const world = createWorld(0);
  const settings = { TENANT_POLICIES: '{"big":{"consentFor":[],"marketingPerWeek":40},"small":{"consentFor":[]}}' };
  const queue = async ({ messages, templates }: Context, tenant: string, purpose: Purpose, ids: readonly number[]) => {
    await templates.put(tenant, { templateId: purpose, channel: "sms", purpose, subject: "", body: `${tenant} ${purpose}` });
    for (const n of ids) {
      const { phone, name } = person(n);
      const id = `${tenant}-${purpose}-${n}`;
      const recipient = { to: phone, name, timeZone: "", variables: {} };
      const template = { templateId: purpose, templateVersion: 1, purpose, channel: "sms" } as const;
      const input = { id, batchId: "", customerId: `c${n}`, ...template, recipient, recipientHash: "", expiresAt: world.now() + 1_000_000 };
      await messages.create({ ...serviceScope("marketing", tenant, id), causation: id }, id, queueMessage(input, world.now()));
    }
  };
  const before = await startEngine(world, settings);
  await queue(before.context, "big", "marketing", [...Array(300).keys()]);
  await queue(before.context, "big", "service", [500, 501]);
  await queue(before.context, "small", "marketing", [600, 601, 602]);
  await queue(before.context, "small", "service", [700]);
  await before[Symbol.asyncDispose]();
  const smsc = use(await startSmsc());
  use(await startEngine(world, { ...settings, SMPP_URL: smsc.url, SMPP_WINDOW: "1" }));
  await until("all are out", () => smsc.received.length === 306);
  const texts = smsc.received.map(({ text }) => text);
  expect(texts.slice(0, 3).sort()).toEqual(["big service", "big service", "small service"]);
  expect(texts.slice(3, 9).filter((text) => text === "small marketing")).toHaveLength(3);
});
