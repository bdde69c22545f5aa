import { useQuery } from "@tanstack/react-query";
import type { RequestQueue } from "@trunkline/proto/service-desk";
import { requestQueues } from "../api/clients.ts";

/** The queues of requests; undefined while they are read. */
export function useRequestQueues(): readonly RequestQueue[] | undefined {
  return useQuery({
    queryKey: ["request-queues"],
    queryFn: async () => (await requestQueues.listRequestQueues({ pageSize: 200 })).queues,
    staleTime: 60_000,
  }).data;
}
