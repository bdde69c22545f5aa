import { useQuery } from "@tanstack/react-query";
import type { Call, Handover } from "@trunkline/proto/telephony";
import { callQueues, calls } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { customerQuery } from "./customer-query.ts";
import { useMySession } from "./my-session.ts";

/** The call as it is stored: when it came, whom it is linked to. */
export function useCallRecord(call: DesktopCall | undefined): Call | undefined {
  return useQuery({
    // A call that rings here again comes from somebody, with something to read.
    queryKey: ["call", call?.callId, call?.state, call?.pop?.offerId],
    enabled: call !== undefined,
    queryFn: async () => (await calls.getCall({ callId: call?.callId ?? "" })).call,
    // The pop goes out before its ring is stored.
    retry: 3,
    retryDelay: 500,
  }).data;
}

/** Which colleague handed the call on last, and what they said. */
export function useHandover(record: Call | undefined): Handover | undefined {
  const me = useMySession().session?.employeeId ?? "";
  const last = record?.handovers.at(-1);
  return me === "" || last?.employeeId === me ? undefined : last;
}

/** Whose call it is: what the pop said, or what the agent has linked it to since. */
export function customerOf(call: DesktopCall, record: Call | undefined): string {
  if (record?.certainty === "sure" && record.customerId !== "") return record.customerId;
  return call.pop?.caller.certainty === "sure" ? (call.pop.caller.matches[0]?.customerId ?? "") : "";
}

/** Name of the caller, where it is known; else empty. */
export function useCallerName(call: DesktopCall | undefined, record: Call | undefined): string {
  const id = call ? customerOf(call, record) : "";
  const { data } = useQuery({ ...customerQuery(id), enabled: id !== "" });
  return data?.name ?? call?.pop?.caller.matches.find(({ customerId }) => customerId === id)?.name ?? "";
}

const NAMES_MS = 120_000;

/** Names of the call queues, by id; as they were within the last minute, or `staleMs`. */
export function useQueueNames(staleMs = 60_000): ReadonlyMap<string, string> {
  const can = useService("CallQueueService");
  const { data } = useQuery({
    queryKey: ["call-queues", "names"],
    enabled: can,
    staleTime: staleMs,
    refetchInterval: NAMES_MS,
    queryFn: async () => (await callQueues.listCallQueues({ pageSize: 200 })).queues,
  });
  return new Map((data ?? []).map(({ queueId, name }) => [queueId, name]));
}
