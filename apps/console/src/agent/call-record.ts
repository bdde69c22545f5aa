import { useQuery } from "@tanstack/react-query";
import type { Call } from "@trunkline/proto/telephony";
import { callQueues, calls } from "../api/clients.ts";
import { useService } from "../api/console-config.ts";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { customerQuery } from "./customer-card.tsx";

/** The call as it is stored: when it came, whom it is linked to. */
export function useCallRecord(call: DesktopCall | undefined): Call | undefined {
  return useQuery({
    queryKey: ["call", call?.callId, call?.state],
    enabled: call !== undefined,
    queryFn: async () => (await calls.getCall({ callId: call?.callId ?? "" })).call,
    // The pop goes out before its ring is stored.
    retry: 3,
    retryDelay: 500,
  }).data;
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

/** Names of the call queues, by id. */
export function useQueueNames(): ReadonlyMap<string, string> {
  const can = useService("CallQueueService");
  const { data } = useQuery({
    queryKey: ["call-queues", "names"],
    enabled: can,
    staleTime: 60_000,
    refetchInterval: NAMES_MS,
    queryFn: async () => (await callQueues.listCallQueues({ pageSize: 200 })).queues,
  });
  return new Map((data ?? []).map(({ queueId, name }) => [queueId, name]));
}
