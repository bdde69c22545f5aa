/** On whose behalf work is done: travels from the entrance to the store and into the headers of each event. */
export type CallScope = {
  readonly tenant: string;
  /** `employee/<id>` or `service/<name>`. */
  readonly actor: string;
  /** Id of the event or call that caused this one; empty at the start. */
  readonly causation: string;
  /** One id over everything that a call from outside set off. */
  readonly correlation: string;
  /** Set when the caller named its try, so that a repeat finds the first one's effect. */
  readonly retry?: { readonly requestId: string; readonly method: string; readonly bodyHash: string };
};

/** The scope of work that a service starts by itself, such as a timer that fires. */
export function serviceScope(service: string, tenant: string, correlation: string): CallScope {
  return { tenant, actor: `service/${service}`, causation: "", correlation };
}
