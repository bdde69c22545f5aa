import type { Call } from "@trunkline/proto/telephony";
import { callQueues, calls } from "../api/clients.ts";
import { currentSession } from "../session/session.ts";
import { instant } from "./caller-card.ts";
import type { Said, WrapUpItem } from "./wrap-up-items.ts";

/** A call as it is stored after its talk. */
export const wrapUpRecord = (callId: string) => ({
  queryKey: ["call", callId, "wrap_up"],
  queryFn: async () => (await calls.getCall({ callId })).call,
});

/** What the queue of a call lets its agents choose from. */
export const dispositionsOf = (item: WrapUpItem | undefined) => ({
  queryKey: ["dispositions", item?.callId],
  staleTime: 60_000,
  queryFn: async () => {
    // After a reload the pop, which names the queue, may be gone.
    const queueId = item?.queue || (await calls.getCall({ callId: item?.callId ?? "" })).call?.queue || "";
    // A call out has no queue.
    if (queueId === "") return [];
    return (await callQueues.getCallQueue({ queueId })).queue?.wrapUp?.dispositions ?? [];
  },
});

/** So far the server's clock and this one's may differ. */
const CLOCKS_MS = 30_000;

/** What is stored as this agent's word on the call; only since then, epoch ms by our clock: the same call may have had a wrap-up before. */
export function givenOf(call: Call | undefined, since = 0): Said | undefined {
  const mine = call?.wrapUps.find(({ employeeId, earlier }) => !earlier && employeeId === currentSession()?.employeeId);
  return mine && instant(mine.at) >= since - CLOCKS_MS ? mine : undefined;
}
