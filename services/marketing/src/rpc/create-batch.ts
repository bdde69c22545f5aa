import type { CreateBatchRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createBatch as create } from "../domain/batch.ts";
import { checkChannel, checkPurpose, checkVariables } from "../domain/template.ts";
import { fromNamedPurpose, fromSendChannel } from "../stores/contact-codes.ts";
import { countLedger } from "../stores/ledger-counts.ts";
import { toBatchMessage } from "./marketing-message.ts";

/** What would fail at every recipient is refused here: segment, channel, variables, and the text for the first member. */
export async function createBatch(
  { batches, templates, customers, messages, validityMs, now }: Context,
  { segmentId, templateId, channel: code, purpose }: CreateBatchRequest,
  call: CallContext,
) {
  const [channel, id] = [fromSendChannel(code), createId(call, now())];
  const { template, compiled } = await templates.latest(call.tenant, templateId);
  checkChannel(template, channel);
  checkPurpose(template, fromNamedPurpose(purpose));
  checkVariables(compiled.needs, []);
  const [first] = (await customers.members(call, segmentId, "", 1)).members;
  if (first) compiled.render({ name: first.name, variables: {} });
  const at = now();
  const input = {
    id,
    segmentId,
    templateId,
    templateVersion: template.version,
    channel,
    purpose: template.purpose,
    expiresAt: at + validityMs,
  };
  const batch = await batches.create(call, id, create(input, at));
  return { batch: toBatchMessage(batch, await countLedger({ messages }, call.tenant, id)) };
}
