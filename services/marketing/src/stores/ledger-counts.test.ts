import { expect, it } from "@jest/globals";
import { serviceScope } from "@trunkline/runtime";
import { memoryBackend } from "@trunkline/store";
import { claim, type NewMessage, queueMessage } from "../domain/message.ts";
import { countLedger } from "./ledger-counts.ts";
import { openMessageStore } from "./message-store.ts";

it("a batch is counted by state, and its attempts in doubt", async () => {
  await using backend = memoryBackend({ offer: () => true }, () => 1);
  const messages = await openMessageStore(backend, { wake: async () => undefined });
  const policy = { maxDoubts: 5, leaseMs: 10, retryMs: 10 };
  const row = async (tenant: string, batchId: string, id: string, attempts: number) => {
    const scope = { ...serviceScope("marketing", tenant, batchId), causation: id };
    const input: NewMessage = {
      id,
      batchId,
      customerId: id,
      channel: "sms",
      purpose: "marketing",
      templateId: "t",
      templateVersion: 1,
      recipient: { to: "+8613800000000", name: "", timeZone: "", variables: {} },
      recipientHash: "h",
      expiresAt: 1_000,
    };
    await messages.create(scope, id, queueMessage(input, 0, attempts < 0 ? { reason: "no_address" } : undefined));
    for (let n = 0; n < attempts; n++) await messages.update(scope, id, (message) => claim(message, n * 20, policy));
  };
  for (const [id, attempts] of [...Array(12).keys()].map((n) => [`q${n}`, n < 8 ? 0 : -1] as const)) await row("t1", "b1", id, attempts);
  await row("t1", "b1", "doubt1", 3);
  await row("t1", "b1", "doubt2", 2);
  await row("t1", "b2", "other", 3);
  await row("t2", "b1", "foreign", 3);
  expect(await countLedger({ messages }, "t1", "b1")).toEqual({ byState: { queued: 8, suppressed: 4, sending: 2 }, total: 14, inDoubt: 3 });
  expect(await countLedger({ messages }, "t1", "none")).toEqual({ byState: {}, total: 0, inDoubt: 0 });
});
