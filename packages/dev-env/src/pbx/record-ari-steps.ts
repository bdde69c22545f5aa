import { setTimeout as sleep } from "node:timers/promises";
import type { AriCast } from "./record-ari.ts";
import { FROM } from "./record-cast.ts";
import type { SipDialog } from "./sip-phone.ts";

/** What most ARI scenarios begin with. */

export const RING_MS = 300;
export const TALK_MS = 600;

type Key = Awaited<ReturnType<AriCast["waiting"]>>;
type Arrival = { readonly from?: string; readonly name?: string; readonly to?: string };

export async function arrive(
  { caller, waiting }: AriCast,
  { from = FROM, to = "500", ...rest }: Arrival = {},
): Promise<{ key: Key; line: SipDialog }> {
  const calling = caller.call(to, { from, ...rest });
  const key = await waiting();
  return { key, line: await calling };
}

export async function offer(
  { pbx, phone }: AriCast,
  key: Key,
  extension: number,
  { offerId = `offer-${extension}`, timeoutMs = 10_000 }: { readonly offerId?: string; readonly timeoutMs?: number } = {},
): Promise<SipDialog> {
  await pbx.ring(key, { offerId, extension: String(extension), timeoutMs });
  return phone(extension).ringing();
}

export async function answered(cast: AriCast, arrival: Arrival = {}): Promise<{ key: Key; line: SipDialog; agent: SipDialog }> {
  const { key, line } = await arrive(cast, arrival);
  const agent = await offer(cast, key, 1001);
  await sleep(RING_MS);
  agent.answer();
  await cast.told("call_answered");
  await sleep(TALK_MS);
  return { key, line, agent };
}
