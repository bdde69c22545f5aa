import { describe, expect, it } from "@jest/globals";
import { serviceScope } from "@trunkline/runtime";
import { memoryBackend } from "@trunkline/store";
import { claim, type Message, queueMessage } from "../domain/message.ts";
import type { Receipt } from "../domain/message-outcome.ts";
import { recordSent } from "../domain/message-outcome.ts";
import { openMessageStore } from "./message-store.ts";
import { createReceipts } from "./receipts.ts";

const DAY = 86_400_000;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const delivered = (providerId: string): Receipt => ({ providerId, outcome: "delivered", reason: "" });

async function opened() {
  let at = 1_000;
  const now = () => at;
  const messages = await openMessageStore(memoryBackend({ offer: () => true }, now), { wake: async () => undefined });
  const scope = serviceScope("marketing", "t1", "test");
  const sending = async (id: string): Promise<void> => {
    const input = {
      id,
      batchId: "",
      customerId: "c1",
      channel: "sms",
      purpose: "service",
      templateId: "t",
      templateVersion: 1,
      recipient: { to: "+8613800000000", name: "", timeZone: "", variables: {} },
      recipientHash: "h",
      expiresAt: at + 3 * DAY,
    } as const;
    await messages.create({ ...scope, causation: id }, id, queueMessage(input, at));
    await messages.update(scope, id, (message) => claim(message, at, { maxDoubts: 5, leaseMs: 30_000, retryMs: 1_000 }));
  };
  const sent = (id: string, providerId: string) =>
    messages.update(scope, id, (message) => recordSent(message, { provider: "smpp", providerId, at }));
  const state = async (id: string): Promise<Message["state"]> => (await messages.get("t1", id)).state;
  return {
    // A new one knows only what is stored.
    receipts: () => createReceipts({ messages, now, log: silent, validityMs: 3 * DAY }),
    sending,
    sent,
    state,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

describe("a receipt", () => {
  it.each([
    ["39F99DD5", "0972660181"],
    ["1101C1-C9D03D-F000", "1101c1-c9d03d-f000"],
    ["870928761", "0870928761"],
  ])("for %s finds its message as %s", async (answered, received) => {
    const { receipts, sending, sent, state } = await opened();
    await sending("m1");
    await sent("m1", answered);
    await receipts().take(delivered(received));
    expect(await state("m1")).toBe("delivered");
  });

  it("that overtakes the answer to the submit counts as soon as the answer is here", async () => {
    const { receipts, sending, sent, state } = await opened();
    const own = receipts();
    await sending("m1");
    await expect(own.take(delivered("0972660181"))).rejects.toMatchObject({ code: "receipt_unmatched" });
    own.expect("39F99DD5", { tenant: "t1", id: "m1" });
    await sent("m1", "39F99DD5");
    expect(await state("m1")).toBe("delivered");
  });

  it("for an id that the centre uses again is that of the newest message, and none of long ago", async () => {
    const { receipts, sending, sent, state, pass } = await opened();
    await sending("old");
    await sent("old", "77");
    pass(365 * DAY);
    await expect(receipts().take(delivered("77"))).rejects.toMatchObject({ code: "receipt_unmatched" });
    await sending("new");
    await sent("new", "77");
    await receipts().take(delivered("77"));
    expect([await state("old"), await state("new")]).toEqual(["sent", "delivered"]);
  });
});
