import { isDomainError, isForGood } from "@trunkline/errors";
import { contentId, failpoint, inParallel, serviceScope } from "@trunkline/runtime";
import { type Due, storeSource, type TimerSource } from "@trunkline/timers";
import type { Addressee, MemberPage } from "../clients/customer-directory.ts";
import type { Context } from "../context.ts";
import { addressFor } from "../domain/address.ts";
import { type Batch, fail, finish, lookAgainAt, recordPage } from "../domain/batch.ts";
import { type NewMessage, queueMessage } from "../domain/message.ts";

const PAGE = 200;
const WIDTH = 8;

/** Recipients into the ledger page by page, and the end of batches that are through. */
export function batchSource(context: Context): TimerSource {
  return storeSource(context.batches, "nextDueAt", ({ tenant, id }: Due) => advance(context, tenant, id));
}

async function advance(context: Context, tenant: string, id: string): Promise<number | undefined> {
  const { batches, messages, channels, now } = context;
  const scope = serviceScope("marketing", tenant, id);
  const batch = await batches.get(tenant, id);
  const ends = (reason: string) => batches.update(scope, id, (current) => fail(current, reason, now())).then(() => undefined);
  if (batch.state !== "preparing" && batch.state !== "sending") return undefined;
  if (!channels.has(batch.channel)) return ends("channel_not_configured");
  if (batch.state === "preparing") {
    if (now() >= batch.expiresAt) return ends("validity_over");
    const page = await nextPage(context, tenant, batch);
    return typeof page === "string" ? ends(page) : preparePage(context, tenant, batch, page);
  }
  if (await messages.anyOpen(tenant, id)) return lookAgainAt(batch, now());
  await batches.update(scope, id, (current) => finish(current, now()));
  return undefined;
}

/** The members at the batch's cursor, or the code of a refusal that will stay one. */
async function nextPage({ customers, templates }: Context, tenant: string, batch: Batch): Promise<MemberPage | string> {
  const { id, cursor, segmentId, templateId, templateVersion } = batch;
  try {
    await templates.version(tenant, templateId, templateVersion);
    return await customers.members(serviceScope("marketing", tenant, id), segmentId, cursor, PAGE);
  } catch (error) {
    if (isDomainError(error) && isForGood(error)) return error.code;
    throw error;
  }
}

/** A recipient's id is made of batch and customer, so a page that a crash interrupted is gone through again without anybody being written twice. */
async function preparePage(context: Context, tenant: string, batch: Batch, { members, next }: MemberPage): Promise<undefined> {
  const { id, cursor, channel } = batch;
  await inParallel(members, WIDTH, (member) => enter(context, tenant, batch, member));
  failpoint("marketing.page_entered");
  const size = members.length;
  await context.batches.update(serviceScope("marketing", tenant, id), id, (current) =>
    recordPage(current, { cursor, next, size }, context.now()),
  );
  context.nudgeSender(channel);
}

async function enter({ messages, hashAddress, now }: Context, tenant: string, batch: Batch, member: Addressee): Promise<void> {
  const { customerId, name, phone, email, timeZone } = member;
  const { to, reason } = addressFor(batch.channel, { phone, email });
  const id = contentId(tenant, batch.id, customerId);
  const { channel, purpose, templateId, templateVersion, expiresAt } = batch;
  const recipient = { to, name, timeZone, variables: {} };
  const input: NewMessage = {
    id,
    batchId: batch.id,
    customerId,
    channel,
    purpose,
    templateId,
    templateVersion,
    expiresAt,
    recipient,
    recipientHash: to === "" ? "" : hashAddress(to),
  };
  // The batch as the cause: a row that is there already from this batch counts as done.
  const scope = { ...serviceScope("marketing", tenant, batch.id), causation: `batch/${batch.id}` };
  await messages.create(scope, id, queueMessage(input, now(), to === "" ? { reason } : undefined));
}
