import { setTimeout as delay } from "node:timers/promises";
import type { Doc, Evidence } from "./checker.ts";

const OVER = new Set(["delivered", "failed_final", "suppressed", "expired"]);
/** The receipts of the last messages may still be under way. */
const RECEIPTS_MS = 10_000;

/**
 * Batches: every recipient stands in the ledger once and in a final state; what is delivered reached the SMS centre, and
 * what reached it more often than once is reported there as in doubt.
 */
export async function checkMessages({ lines, read, lost, doubled, stuck }: Evidence): Promise<void> {
  const batches = lines.flatMap((line) => (line.kind === "batch" && "batchId" in line ? [line] : []));
  if (batches.length === 0) return;
  let ledger = await read("marketing", "messages");
  for (let waited = 0; waited < RECEIPTS_MS && [...ledger.values()].some(open); waited += 500) {
    await delay(500);
    ledger = await read("marketing", "messages");
  }
  const rows = [...ledger.entries()];
  const kept = await read("marketing", "batches");
  stuck(batches.filter(({ batchId }) => kept.has(batchId) && kept.get(batchId)?.["state"] !== "finished").length, "batches never finished");
  lost(batches.filter(({ batchId }) => !kept.has(batchId)).length, "acknowledged batches are not in the database");
  for (const { batchId, size } of batches.filter((batch) => kept.get(batch.batchId)?.["state"] === "finished")) {
    const own = rows.filter(([, row]) => row["batchId"] === batchId);
    lost(size - own.length, `recipients of batch ${batchId} are not in the ledger`);
    doubled(own.length - new Set(own.map(([, row]) => row["customerId"])).size, `recipients of batch ${batchId} are there twice`);
  }
  stuck(rows.filter(([, row]) => open(row)).length, "messages came to no end");
  lost(rows.filter(([, row]) => row["state"] === "failed_final" || row["state"] === "expired").length, "messages failed");

  const received = lines.flatMap((line) => (line.kind === "sms" ? [line.messageRef] : []));
  const reached = new Set(received);
  lost(rows.filter(([id, row]) => row["state"] === "delivered" && !reached.has(id)).length, "delivered messages never left");
  doubled([...reached].filter((id) => ledger.get(id)?.["state"] === "suppressed").length, "suppressed messages left");
  const inDoubt = rows.reduce((sum, [, row]) => sum + Number(row["inDoubt"] ?? 0), 0);
  doubled(received.length - reached.size - inDoubt, "messages were doubled that nobody reports");
}

function open(row: Doc): boolean {
  return !OVER.has(String(row["state"]));
}
