import { describe, expect, it } from "@jest/globals";
import type { Relay } from "@trunkline/events";
import { memoryBackend, removeOld } from "@trunkline/store";
import { createBatch, finish, recordPage } from "../domain/batch.ts";
import { MESSAGE_STATES, type Message, type MessageState, queueMessage } from "../domain/message.ts";
import { openStores } from "./open-stores.ts";

const scope = { tenant: "t1", actor: "service/marketing", causation: "c", correlation: "" };
const origin = { batchId: "b1", customerId: "c1", channel: "sms", purpose: "marketing" } as const;
const recipient = { to: "+8613900000001", name: "王伟", timeZone: "", variables: {} };
const batch = { segmentId: "s", templateId: "news", templateVersion: 1, channel: "sms", purpose: "marketing", expiresAt: 99 } as const;

/** A bus that takes everything at once. */
const allPublished: Relay["offer"] = ({ entries, published }) => {
  published(entries.at(-1)?.n ?? 0);
  return true;
};

describe("what may be removed as old", () => {
  it("is every message that has ended or was sent, and none that may still go out", async () => {
    const { messages } = await openStores(memoryBackend({ offer: () => true }, () => 1));
    for (const state of MESSAGE_STATES) {
      const input = { ...origin, id: state, templateId: "news", templateVersion: 1, recipient, recipientHash: "h", expiresAt: 9 };
      const queued = queueMessage(input, 1).state;
      const sent = state === "sent" || state === "delivered" ? { sentAt: 5 } : {};
      const delivered = state === "delivered" ? { deliveredAt: 7 } : {};
      await messages.create(scope, state, { state: { ...queued, state, ...sent, ...delivered } as Message, events: [] });
    }
    const left = async (until: number) => {
      await removeOld(messages, until);
      const found = await Promise.all(MESSAGE_STATES.map((state) => messages.find("t1", state)));
      return found.flatMap((message): MessageState[] => (message ? [message.state] : []));
    };
    expect(await left(4)).toEqual(["queued", "sending", "sent", "delivered", "failed_retryable"]);
    expect(await left(6)).toEqual(["queued", "sending", "delivered", "failed_retryable"]);
    expect(await left(1_000)).toEqual(["queued", "sending", "failed_retryable"]);
  });

  it("is a finished batch, counted from its beginning: before the messages that its figures are counted by", async () => {
    const { batches } = await openStores(memoryBackend({ offer: allPublished }, () => 1));
    await batches.create(scope, "b1", createBatch({ id: "b1", ...batch }, 3));
    await removeOld(batches, 1_000);
    await batches.update(scope, "b1", (state) => finish(recordPage(state, { cursor: "", next: "", size: 1 }, 4).state, 50));
    await removeOld(batches, 2);
    expect(await batches.find("t1", "b1")).toMatchObject({ state: "finished", finishedAt: 50 });
    await removeOld(batches, 3);
    expect(await batches.find("t1", "b1")).toBeUndefined();
  });
});
