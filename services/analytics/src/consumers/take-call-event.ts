import type { CallEvent } from "@trunkline/proto/telephony";
import { laterVisits, visitOf } from "../domain/call-visit.ts";
import type { FactStore } from "../stores/fact-store.ts";
import { callChange } from "./call-change.ts";
import type { Told } from "./told.ts";

type Source = { readonly tenant: string; readonly id: string; readonly sequence: number; readonly now: number };

/**
 * The call's first queue, then the further ones. The first fact remembers all of them, so that an event which is told again after a crash
 * between the writes comes out the same.
 */
export async function takeCallEvent(
  facts: Pick<FactStore, "apply">,
  { tenant, id, sequence, now }: Source,
  told: Told<CallEvent>,
): Promise<void> {
  const memory = await facts.apply(tenant, "call", id, sequence, now, (before) => callChange(told, before));
  const { event } = told.event;
  const moved = event.case === "moved" ? { queue: event.value.toQueue } : {};
  for (const { visit, memory: own } of laterVisits(memory)) {
    const change = { ...(visit === visitOf(memory) ? moved : {}), at: own["queuedAt"] ?? 0, memory: own };
    await facts.apply(tenant, "call", `${id}/${visit}`, sequence, now, () => change);
  }
}
