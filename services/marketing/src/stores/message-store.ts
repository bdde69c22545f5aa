import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { MessageEventSchema } from "@trunkline/proto/marketing";
import { type AggregateStore, inOrder, type StoreBackend } from "@trunkline/store";
import { type Lane, laneKey } from "../domain/lane.ts";
import type { Message, MessageEvent } from "../domain/message.ts";
import { providerKeys, receiptKeys } from "../domain/provider-id.ts";
import type { LaneStore } from "./lane-store.ts";

export const messageTopic = topic("marketing.message", MessageEventSchema);

export type Found = { readonly tenant: string; readonly state: Message };

export type MessageStore = AggregateStore<Message, MessageEvent> & {
  /** What the sender has to look at in this lane, longest due first. */
  dueIn(lane: Lane, at: number, limit: number): Promise<readonly Found[]>;
  /** When something is due in it next; undefined while nothing waits. */
  nextDueIn(lane: Lane): Promise<number | undefined>;
  /** Whether a recipient of the batch still waits, is being sent or will be tried again. */
  anyOpen(tenant: string, batchId: string): Promise<boolean>;
  /** The message that the provider means by the id in a receipt: providers use ids again, so the newest, and none queued before `since`. */
  byProviderId(providerId: string, since: number): Promise<Found | undefined>;
  /** Messages to this address that were queued since then, newest first. */
  byRecipient(recipientHash: string, since: number, limit: number): Promise<readonly Found[]>;
};

const isOpen = ({ state }: Message) => state === "queued" || state === "sending" || state === "failed_retryable";

export async function openMessageStore(backend: StoreBackend, lanes: Pick<LaneStore, "wake">): Promise<MessageStore> {
  const store = await backend.aggregates<
    Message,
    MessageEvent,
    typeof MessageEventSchema,
    "lane" | "doubtIn" | "openIn" | "providerKeys" | "newestFirst"
  >({
    name: "messages",
    noun: "message",
    indexes: [
      { lane: 1, nextDueAt: 1 },
      { tenant: 1, batchId: 1, state: 1, _id: 1 },
      { tenant: 1, batchId: 1, _id: 1 },
      [{ tenant: 1, openIn: 1, _id: 1 }, { sparse: true }],
      [{ tenant: 1, doubtIn: 1, inDoubt: 1 }, { partial: true }],
      [{ providerKeys: 1, newestFirst: 1 }, { partial: true }],
      { recipientHash: 1, newestFirst: 1 },
    ],
    lists: ["providerKeys"],
    topic: messageTopic,
    encode: (event) => caseOf(MessageEventSchema, event),
    // What was sent waits for its receipt.
    isOver: (message) => !isOpen(message) && message.state !== "sent",
    overSince: (message) => (isOpen(message) ? undefined : (message.deliveredAt ?? message.sentAt ?? message.queuedAt)),
    derived: (tenant, message) => ({
      lane: message.nextDueAt === undefined ? undefined : laneKey({ tenant, ...message }),
      doubtIn: message.batchId !== "" && message.inDoubt > 0 ? message.batchId : undefined,
      openIn: message.batchId !== "" && isOpen(message) ? message.batchId : undefined,
      providerKeys: message.providerId === "" ? undefined : providerKeys(message.providerId),
      newestFirst: -message.queuedAt,
    }),
  });
  return {
    ...store,
    create: async (scope, id, decision) => {
      const { nextDueAt, queuedAt } = decision.state;
      if (nextDueAt !== undefined) await lanes.wake({ tenant: scope.tenant, ...decision.state }, queuedAt);
      return store.create(scope, id, decision);
    },
    dueIn: (lane, at, limit) => store.due({ lane: laneKey(lane), nextDueAt: { $lte: at } }, "nextDueAt", limit),
    nextDueIn: async (lane) => (await store.due({ lane: laneKey(lane) }, "nextDueAt", 1))[0]?.state.nextDueAt,
    anyOpen: async (tenant, batchId) => (await store.page(tenant, { openIn: batchId }, inOrder("_id", 1))).items.length > 0,
    byProviderId: async (providerId, since) => {
      for (const key of receiptKeys(providerId)) {
        const [found] = await store.due({ providerKeys: key, newestFirst: { $lte: -since } }, "newestFirst", 1);
        if (found) return found;
      }
      return undefined;
    },
    byRecipient: (recipientHash, since, limit) => store.due({ recipientHash, newestFirst: { $lte: -since } }, "newestFirst", limit),
  };
}
