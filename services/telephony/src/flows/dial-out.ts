import type { DiallingConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { checkDestination, countDialled } from "../domain/outbound-policy.ts";

/**
 * What every call out must pass; it counts from here on, whether it is dialled or not.
 * @throws DomainError rule_violated destination_not_allowed; exhausted dial_cap_reached
 */
export async function countOut({ dialled }: Pick<Context, "dialled">, connector: DiallingConfig, e164: string, at: number): Promise<void> {
  checkDestination(connector, e164);
  await dialled.upsert(connector.tenant, connector.id, (before) => countDialled(connector, before, at));
}
