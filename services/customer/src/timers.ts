import { serviceScope } from "@trunkline/runtime";
import { storeSource, type TimerSource } from "@trunkline/timers";
import type { Context } from "./context.ts";
import { forgetReaders } from "./domain/readers.ts";

export function timerSources({ customers, now }: Pick<Context, "customers" | "now">): Readonly<Record<string, TimerSource>> {
  return {
    /** Takes customers away from those whose visits have been over for long. */
    readers: storeSource(customers, "readersDueAt", async ({ tenant, id }) => {
      await customers.update(serviceScope("customer", tenant, id), id, (customer) => forgetReaders(customer, now()));
      return undefined;
    }),
  };
}
