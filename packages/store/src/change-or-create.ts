import { isDomainError, unless } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { AggregateStore, Decision, EventSource } from "./store.ts";

/**
 * As AggregateStore.update, also where nothing is stored yet: then the decision is made on `empty`. What changes nothing
 * there creates nothing. Neither retry nor cause go into the document: deciding again must be harmless.
 * @param noun of the store's spec
 */
export async function changeOrCreate<S extends { readonly id: string }, E>(
  store: Pick<AggregateStore<S, E>, "update" | "create">,
  noun: string,
  { tenant, actor, correlation }: CallScope,
  empty: S,
  decide: (state: S) => Decision<S, E>,
  source?: EventSource,
): Promise<S> {
  const scope: CallScope = { tenant, actor, causation: "", correlation };
  try {
    return await store.update(scope, empty.id, decide, source);
  } catch (error) {
    unless(`${noun}_not_found`)(error);
  }
  const decision = decide(empty);
  if (decision.state === empty) return empty;
  try {
    return await store.create(scope, empty.id, decision);
  } catch (error) {
    if (!isDomainError(error) || error.kind !== "already_exists") throw error;
    return store.update(scope, empty.id, decide, source);
  }
}
