import type { BatchService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { countLedger } from "../stores/ledger-counts.ts";
import { toBatchMessage } from "./marketing-message.ts";

export function getBatch({ batches, messages }: Context): Handlers<typeof BatchService>["getBatch"] {
  return async ({ batchId }, { tenant }) => ({
    batch: toBatchMessage(await batches.get(tenant, batchId), await countLedger({ messages }, tenant, batchId)),
  });
}
