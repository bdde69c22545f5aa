/** What a pure decision gives back: the next state and what happened. It may be made again on a newer state. */
export type Decision<S, E> = { readonly state: S; readonly events: readonly E[] };
