import { queryOptions, useQuery } from "@tanstack/react-query";
import type { CallQueue } from "@trunkline/proto/telephony";
import { calendars, callQueues } from "../api/clients.ts";

export const callQueuesQuery = queryOptions({
  queryKey: ["call-queues"],
  queryFn: async () => (await callQueues.listCallQueues({ pageSize: 200 })).queues,
});

/** The queues of calls with their settings; undefined while they are read. */
export const useCallQueues = (): readonly CallQueue[] | undefined => useQuery(callQueuesQuery).data;

/** The ids of the calendars that there are. */
export function useCalendars(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["calendars"],
    queryFn: async () => (await calendars.listCalendars({ pageSize: 200 })).calendars.map(({ calendarId }) => calendarId),
  });
  return data ?? [];
}
