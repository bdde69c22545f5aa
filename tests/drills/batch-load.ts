import { setTimeout as delay } from "node:timers/promises";
import { BatchService, Channel, Purpose } from "@trunkline/proto/marketing";
import { createClient } from "@trunkline/rpc";
import { type Arena, SEGMENT_SIZE } from "./harness.ts";
import { insist } from "./insist.ts";
import type { Load } from "./log.ts";

const DEADLINE_MS = 3_000;
/** What one person may get in a week, in the drills' settings; a batch beyond it would be suppressed. */
const MOST_BATCHES = 40;
const POLL_MS = 200;
/** What a kill left in doubt is tried again after its lease of 25 s; what then still waits is stuck, and the checker says so. */
const LAST_BATCH_MS = 90_000;

/** SMS batches to the same segment one after the other, each begun when the last has been handed over, until told to end. */
export function startBatchLoad({ system, tenant, token, segmentId, log }: Arena): Load {
  const batches = createClient(BatchService, {
    address: system.environments.rpc.marketing,
    token: async () => token,
    deadlineMs: DEADLINE_MS,
  });
  let [offered, acknowledged] = [0, 0];
  let ending = false;
  let endBy = Number.POSITIVE_INFINITY;
  const batch = async () => {
    const op = `${tenant}-batch-${offered}`;
    offered += 1;
    log({ op, kind: "batch", intent: true });
    const wanted = { requestId: op, segmentId, templateId: "autumn-sms", channel: Channel.SMS, purpose: Purpose.MARKETING };
    const created = await insist(() => batches.createBatch(wanted));
    const batchId = created.batch?.batchId ?? "";
    log({ op, kind: "batch", batchId, size: SEGMENT_SIZE });
    acknowledged += 1;
    for (let state = ""; state !== "finished"; await delay(POLL_MS)) {
      state = (await insist(() => batches.getBatch({ batchId }))).batch?.state ?? "";
      if (performance.now() > endBy) return;
    }
  };
  const all = (async () => {
    while (!ending && offered < MOST_BATCHES) await batch();
  })();
  all.catch(() => undefined);
  return {
    offered: () => offered,
    acknowledged: () => acknowledged,
    finish: async () => {
      ending = true;
      endBy = performance.now() + LAST_BATCH_MS;
      await all;
      await batches[Symbol.asyncDispose]();
    },
  };
}
