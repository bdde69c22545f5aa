import { topic } from "@trunkline/events";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";
import { openReferenceCopy, type ReferenceCopy } from "@trunkline/reference-copy";
import type { StoreBackend } from "@trunkline/store";

/** Who can own a record. */
export type EmployeeCopy = ReferenceCopy<{ readonly active: boolean }>;

const WAIT_MS = 2_000;

export const openEmployeeCopy = (backend: StoreBackend): Promise<EmployeeCopy> =>
  openReferenceCopy(backend, {
    name: "employee_copies",
    topic: topic("workforce.employee", EmployeeEventSchema, true),
    keep: ({ event }) => (event.case && event.value.profile ? { active: event.value.profile.active } : undefined),
    waitMs: WAIT_MS,
  });
