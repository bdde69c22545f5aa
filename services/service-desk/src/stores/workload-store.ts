import { itemsOf, type RowStore, type StoreBackend } from "@trunkline/store";
import { confirm, type PromisedVisit, postpone, release, reserve, type Workload, workloadId } from "../domain/workload.ts";

export type Day = Pick<Workload, "employeeId" | "date">;

/** The engineers' days. Each change is one conditional write, so two dispatchers never both get the last place. */
export type WorkloadStore = {
  /** Visits by workloadId, without those of one work order; who has none that day is not in it. */
  countVisits(tenant: string, dates: readonly string[], exceptWorkOrderId: string): Promise<ReadonlyMap<string, number>>;
  /** False when the day is full. */
  reserve(tenant: string, day: Day, visit: Omit<PromisedVisit, "confirmed">, capacity: number): Promise<boolean>;
  confirm(tenant: string, day: Day, offerId: string): Promise<void>;
  release(tenant: string, day: Day, offerId: string): Promise<void>;
  postpone(tenant: string, day: Day, at: number): Promise<void>;
  /** Days of all tenants with visits that were never confirmed. */
  unconfirmed(until: number, limit: number): Promise<readonly { tenant: string; day: Workload }[]>;
};
const PAGE = 200;
const MOST = 20 * PAGE;

export async function openWorkloadStore(backend: StoreBackend): Promise<WorkloadStore> {
  const rows = await backend.rows<Workload>({
    name: "workloads",
    indexes: [{ tenant: 1, date: 1, employeeId: 1, _id: 1 }, [{ checkAt: 1 }, { sparse: true }]],
  });
  const change = async (tenant: string, { employeeId, date }: Day, decide: (day: Workload) => Workload) => {
    await rows.upsert(tenant, workloadId(employeeId, date), (day) => day && decide(day));
  };
  return {
    countVisits: (tenant, dates, exceptWorkOrderId) => counts(rows, tenant, dates, exceptWorkOrderId),
    reserve: async (tenant, day, visit, capacity) => {
      const kept = await rows.upsert(tenant, workloadId(day.employeeId, day.date), (row) =>
        reserve(row ?? { ...day, visits: [] }, visit, capacity),
      );
      return kept?.visits.some(({ offerId }) => offerId === visit.offerId) ?? false;
    },
    confirm: (tenant, day, offerId) => change(tenant, day, (row) => confirm(row, offerId)),
    release: (tenant, day, offerId) => change(tenant, day, (row) => release(row, offerId)),
    postpone: (tenant, day, at) => change(tenant, day, (row) => postpone(row, at)),
    unconfirmed: async (until, limit) =>
      (await rows.due({ checkAt: { $lte: until } }, "checkAt", limit)).map(({ tenant, row }) => ({ tenant, day: row })),
  };
}

async function counts(
  rows: RowStore<Workload>,
  tenant: string,
  dates: readonly string[],
  exceptWorkOrderId: string,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const date of dates) {
    const page = (token: string) => rows.page(tenant, { date }, { by: "employeeId", direction: 1, size: PAGE, token });
    let read = 0;
    for await (const { employeeId, visits } of itemsOf(page)) {
      found.set(workloadId(employeeId, date), visits.filter(({ workOrderId }) => workOrderId !== exceptWorkOrderId).length);
      read += 1;
      if (read === MOST) break;
    }
  }
  return found;
}
