import type { DescMessage } from "@bufbuild/protobuf";
import type { Archive } from "./archive.ts";
import type { AggregateSpec, DomainEvent, Index, Kept, State } from "./store.ts";

/** An embedded engine works in the process in which phones ring: so many take it less than 10 ms. */
const AT_A_TIME = 100;

/** Where the store keeps since when an aggregate is over; only it knows the field. */
export const OVER = "overSince";

/** With the hidden field by which old ones are found, and its index. */
export function withOver<S extends State, E extends DomainEvent, M extends DescMessage>(
  spec: AggregateSpec<S, E, M, string>,
): AggregateSpec<S, E, M, string> {
  const { overSince, derived } = spec;
  if (!overSince) return spec;
  const withIt = (tenant: string, state: S) => ({ ...derived?.(tenant, state), [OVER]: overSince(state) });
  const index: Index = [{ [OVER]: 1 }, { sparse: true }];
  return { ...spec, indexes: [...spec.indexes, index] as AggregateSpec<S, E, M, string>["indexes"], derived: withIt };
}

/**
 * Removes some of what is over since then or earlier, of all tenants, oldest first. With an archive they are written there before: a crash in
 * between writes them once more, and loses none.
 * @returns whether there may be more
 */
export async function removeOld(store: Kept, until: number, archive?: Archive): Promise<boolean> {
  const old = await store.over(until, AT_A_TIME);
  if (old.length === 0) return false;
  await archive?.(store.name, old);
  // What moved meanwhile is looked at the next time.
  return (await store.removeOver(old)) === AT_A_TIME;
}
