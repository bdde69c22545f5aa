/** One visit that an engineer's day has room for; unconfirmed until its work order is known to stand behind it. */
export type PromisedVisit = { readonly offerId: string; readonly workOrderId: string; readonly at: number; readonly confirmed: boolean };

/** What one engineer has taken on for one business date. It alone says whether there is room. */
export type Workload = {
  readonly employeeId: string;
  /** YYYY-MM-DD in the engineer's zone. */
  readonly date: string;
  readonly visits: readonly PromisedVisit[];
  /** When the oldest unconfirmed visit is to be held against its work order; absent when there is none. */
  readonly checkAt?: number;
};

/** An unconfirmed visit older than this is looked into. */
export const CONFIRM_MS = 30_000;

export const workloadId = (employeeId: string, date: string) => `${employeeId}/${date}`;

/** The day with the visit in it, or undefined when it is full. A work order has one visit a day at most. */
export function reserve(
  day: Workload,
  { offerId, workOrderId, at }: Omit<PromisedVisit, "confirmed">,
  capacity: number,
): Workload | undefined {
  if (day.visits.some((visit) => visit.offerId === offerId)) return day;
  const others = day.visits.filter((visit) => visit.workOrderId !== workOrderId);
  if (others.length >= capacity) return undefined;
  return withVisits(day, [...others, { offerId, workOrderId, at, confirmed: false }]);
}

export function confirm(day: Workload, offerId: string): Workload {
  return withVisits(
    day,
    day.visits.map((visit) => (visit.offerId === offerId ? { ...visit, confirmed: true } : visit)),
  );
}

export function release(day: Workload, offerId: string): Workload {
  return withVisits(
    day,
    day.visits.filter((visit) => visit.offerId !== offerId),
  );
}

/** Asks again later about a visit whose work order is still being dispatched. */
export function postpone(day: Workload, at: number): Workload {
  return day.checkAt === undefined ? day : { ...day, checkAt: at + CONFIRM_MS };
}

function withVisits({ employeeId, date }: Workload, visits: readonly PromisedVisit[]): Workload {
  const open = visits.filter(({ confirmed }) => !confirmed).map(({ at }) => at + CONFIRM_MS);
  return { employeeId, date, visits, ...(open.length > 0 ? { checkAt: Math.min(...open) } : {}) };
}
