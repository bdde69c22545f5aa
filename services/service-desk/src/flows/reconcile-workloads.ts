import type { Context } from "../context.ts";
import { standsBehind } from "../domain/dispatch-work-order.ts";
import type { Workload } from "../domain/workload.ts";

const BATCH = 100;

/**
 * Holds each visit that was promised but never confirmed against its work order: confirms it, waits on, or frees the
 * place where no work order stands behind it. An offer's id is never used again, so what is freed stays free.
 * @returns how many days were looked at
 */
export async function reconcileWorkloads({
  workloads,
  workOrders,
  now,
}: Pick<Context, "workloads" | "workOrders" | "now">): Promise<number> {
  const days = await workloads.unconfirmed(now(), BATCH);
  for (const { tenant, day } of days) await reconcile({ workloads, workOrders, now }, tenant, day);
  return days.length;
}

async function reconcile(
  { workloads, workOrders, now }: Pick<Context, "workloads" | "workOrders" | "now">,
  tenant: string,
  day: Workload,
): Promise<void> {
  let open = false;
  for (const { offerId, workOrderId, confirmed } of day.visits) {
    if (confirmed) continue;
    const work = await workOrders.find(tenant, workOrderId);
    if (!standsBehind(work, offerId)) await workloads.release(tenant, day, offerId);
    else if (work?.offer?.state === "confirmed") await workloads.confirm(tenant, day, offerId);
    else open = true;
  }
  if (open) await workloads.postpone(tenant, day, now());
}
