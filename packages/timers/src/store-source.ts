import type { AggregateStore } from "@trunkline/store";
import type { Due, TimerSource } from "./timers.ts";

type Store<S> = Pick<AggregateStore<S, never>, "dueBy" | "postpone">;

/** The timers of aggregates. @param by the indexed field that holds their due time */
export function storeSource<S extends { readonly id: string }>(
  store: Store<S>,
  by: string,
  fire: (due: Due) => Promise<number | undefined>,
): TimerSource {
  return {
    due: async (until, limit) => (await store.dueBy(by, until, limit)).map(({ tenant, state, at }) => ({ tenant, id: state.id, at })),
    fire,
    postpone: ({ tenant, id }, until) => store.postpone(tenant, id, until),
  };
}
