import type { GetBatchRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { countLedger } from "../stores/ledger-counts.ts";
import { toBatchMessage } from "./marketing-message.ts";

export async function getBatch({ batches, messages }: Context, { batchId }: GetBatchRequest, { tenant }: CallContext) {
  return {
    batch: toBatchMessage(await batches.get(tenant, batchId), await countLedger({ messages }, tenant, batchId)),
  };
}
