import { serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { forgetReaders as forget } from "../domain/readers.ts";

const AT_A_TIME = 200;

/** Takes customers away from those whose visits have been over for long. */
export async function forgetReaders({ customers, now }: Pick<Context, "customers" | "now">): Promise<void> {
  for (let left = AT_A_TIME; left === AT_A_TIME; ) {
    const at = now();
    const due = await customers.due({ readersDueAt: { $lte: at } }, "readersDueAt", AT_A_TIME);
    for (const { tenant, state } of due)
      await customers.update(serviceScope("customer", tenant, state.id), state.id, (customer) => forget(customer, at));
    left = due.length;
  }
}
