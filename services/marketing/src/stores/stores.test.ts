import { aggregateContract } from "@trunkline/store/contract";
import { createBatch } from "../domain/batch.ts";
import { type Message, type MessageEvent, queueMessage } from "../domain/message.ts";
import { batchTopic, openBatchStore } from "./batch-store.ts";
import { messageTopic, openMessageStore } from "./message-store.ts";

const sent = { templateId: "news", templateVersion: 1, channel: "sms", purpose: "marketing", expiresAt: 99 } as const;
aggregateContract("batch", {
  open: openBatchStore,
  topic: batchTopic,
  created: (id, at) => createBatch({ id, segmentId: "s", ...sent }, at),
  by: "createdAt",
});

const recipient = { to: "+8613900000001", name: "王伟", timeZone: "", variables: {} };
aggregateContract<Message, MessageEvent>("message", {
  open: (backend) => openMessageStore(backend, { wake: async () => undefined }),
  topic: messageTopic,
  created: (id, at) => queueMessage({ id, ...sent, batchId: "b1", customerId: "c1", recipient, recipientHash: "h" }, at),
  by: "queuedAt",
  personal: ["+8613900000001", "王伟"],
});
