import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { BatchSchema, ContactPermissionSchema, MessageSchema, TemplateSchema } from "@trunkline/proto/marketing";
import type { Batch } from "../domain/batch.ts";
import type { ContactPermission } from "../domain/contact-permission.ts";
import type { Message } from "../domain/message.ts";
import type { Template } from "../domain/template.ts";
import { toChannel, toPurpose } from "../stores/contact-codes.ts";
import type { Counts } from "../stores/ledger-counts.ts";

export function toPermissionMessage({ id, consents, contacts }: ContactPermission): MessageInitShape<typeof ContactPermissionSchema> {
  return {
    customerId: id,
    consents: consents.map(({ channel, purpose, state, at, proof }) => ({
      channel: toChannel(channel),
      purpose: toPurpose(purpose),
      state,
      at: timestampFromMs(at),
      proof,
    })),
    recent: contacts.map(({ contactId, channel, purpose, at }) => ({
      contactId,
      channel: toChannel(channel),
      purpose: toPurpose(purpose),
      at: timestampFromMs(at),
    })),
  };
}

export function toMessageMessage(message: Message): MessageInitShape<typeof MessageSchema> {
  const { id, batchId, customerId, channel, purpose, state, reason, attempts, inDoubt, queuedAt, sentAt, deliveredAt, providerId } =
    message;
  return {
    messageId: id,
    batchId,
    customerId,
    channel: toChannel(channel),
    purpose: toPurpose(purpose),
    state,
    reason,
    attempts,
    inDoubt,
    queuedAt: timestampFromMs(queuedAt),
    ...(sentAt === undefined ? {} : { sentAt: timestampFromMs(sentAt) }),
    ...(deliveredAt === undefined ? {} : { deliveredAt: timestampFromMs(deliveredAt) }),
    providerId,
  };
}

export function toBatchMessage(batch: Batch, { byState, total, inDoubt }: Counts): MessageInitShape<typeof BatchSchema> {
  const { id, segmentId, templateId, channel, purpose, state, reason, createdAt, finishedAt } = batch;
  return {
    batchId: id,
    segmentId,
    templateId,
    channel: toChannel(channel),
    purpose: toPurpose(purpose),
    state,
    reason,
    counts: Object.fromEntries(Object.entries(byState)),
    total,
    inDoubt,
    createdAt: timestampFromMs(createdAt),
    ...(finishedAt === undefined ? {} : { finishedAt: timestampFromMs(finishedAt) }),
  };
}

export function toTemplateMessage({
  templateId,
  channel,
  purpose,
  subject,
  body,
  version,
}: Template): MessageInitShape<typeof TemplateSchema> {
  return { templateId, channel: toChannel(channel), purpose: toPurpose(purpose), subject, body, version };
}
