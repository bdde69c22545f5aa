import { setTimeout as delay } from "node:timers/promises";
import { BatchService, Channel, Purpose } from "@trunkline/proto/marketing";
import { createClient } from "@trunkline/rpc";
import { carried } from "./carried.ts";
import { type Arena, SEGMENT_SIZE } from "./harness.ts";
import { insist } from "./insist.ts";
import { type Load, startLoad, type Tally } from "./load.ts";

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
    ...carried(system, token),
    deadlineMs: DEADLINE_MS,
  });
  const batch = async (tally: Tally) => {
    const op = `${tenant}-batch-${tally.offered}`;
    tally.offered += 1;
    log({ op, kind: "batch", intent: true });
    const wanted = { requestId: op, segmentId, templateId: "autumn-sms", channel: Channel.SMS, purpose: Purpose.MARKETING };
    const created = await insist(() => batches.createBatch(wanted));
    const batchId = created.batch?.batchId ?? "";
    log({ op, kind: "batch", batchId, size: SEGMENT_SIZE });
    tally.acknowledged += 1;
    let endBy = Number.POSITIVE_INFINITY;
    for (let state = ""; state !== "finished" && performance.now() <= endBy; await delay(POLL_MS)) {
      state = (await insist(() => batches.getBatch({ batchId }))).batch?.state ?? "";
      if (tally.ending()) endBy = Math.min(endBy, performance.now() + LAST_BATCH_MS);
    }
  };
  const oneByOne = async (tally: Tally) => {
    while (!tally.ending() && tally.offered < MOST_BATCHES) await batch(tally);
  };
  return startLoad([oneByOne], async () => batches[Symbol.asyncDispose]());
}
