import { contentId, failpoint, inParallel, serviceScope } from "@trunkline/runtime";
import type { Addressee } from "../clients/customer-directory.ts";
import type { Context } from "../context.ts";
import { addressFor } from "../domain/address.ts";
import { type Batch, finish, recordPage, takePreparing } from "../domain/batch.ts";
import { type NewMessage, queueMessage } from "../domain/message.ts";

const PAGE = 200;
const WIDTH = 8;
const SIDE_BY_SIDE = 4;
/** An error waits this long as well before the page is tried again. */
const LEASE_MS = 30_000;
const BATCHES = 50;

/** Recipients into the ledger, and the end of batches that are through. Batches take turns, a page each. */
export async function advanceBatches(context: Context): Promise<void> {
  const { batches, log } = context;
  for (let more = true; more; ) {
    const preparing = await batches.inState("preparing", BATCHES);
    const prepared = await inParallel(preparing, SIDE_BY_SIDE, ({ tenant, state }) =>
      preparePage(context, tenant, state.id).catch((error: unknown) => {
        log.warn({ err: error, batchId: state.id }, "a batch could not be prepared further; it is tried again");
        return false;
      }),
    );
    more = prepared.some((done) => done);
  }
  for (const { tenant, state } of await batches.inState("sending", BATCHES)) await finishBatch(context, tenant, state);
}

/**
 * Puts the next page of the segment into the ledger. A recipient's id is made of batch and customer, so a page that a
 * crash interrupted is gone through again without anybody being written twice.
 * @returns whether another page may follow at once
 */
async function preparePage(context: Context, tenant: string, batchId: string): Promise<boolean> {
  const { batches, customers, nudgeSender, now } = context;
  const scope = serviceScope("marketing", tenant, batchId);
  let taken = false;
  const batch = await batches.update(scope, batchId, (current) => {
    const decision = takePreparing(current, now(), LEASE_MS);
    taken = decision.taken;
    return decision;
  });
  if (!taken) return false;
  const { cursor, segmentId, channel } = batch;
  const { members, next } = await customers.members(scope, segmentId, cursor, PAGE);
  await inParallel(members, WIDTH, (member) => enter(context, tenant, batch, member));
  failpoint("marketing.page_entered");
  await batches.update(scope, batchId, (current) => recordPage(current, { cursor, next }));
  nudgeSender(channel);
  return next !== "";
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

async function finishBatch({ batches, messages, countLedger, now }: Context, tenant: string, batch: Batch): Promise<void> {
  if (await messages.anyOpen(tenant, batch.id)) return;
  const { total } = await countLedger(tenant, batch.id);
  await batches.update(serviceScope("marketing", tenant, batch.id), batch.id, (current) => finish(current, total, now()));
}
