import type { AggregateStore, DomainEvent } from "@trunkline/store";
import type { Due } from "./timers.ts";

/** The same store, telling of the due time that each write leaves behind. */
export function armed<S extends { readonly id: string }, E extends DomainEvent, T extends AggregateStore<S, E>>(
  store: T & AggregateStore<S, E>,
  dueAt: (state: S) => number | undefined,
  arm: (due: Due) => void,
): T {
  const tell = (tenant: string, state: S) => {
    const at = dueAt(state);
    if (at !== undefined) arm({ tenant, id: state.id, at });
    return state;
  };
  return {
    ...store,
    create: async (scope, id, decision) => tell(scope.tenant, await store.create(scope, id, decision)),
    update: async (scope, id, decide, source) => tell(scope.tenant, await store.update(scope, id, decide, source)),
  } satisfies AggregateStore<S, E> as unknown as T;
}
