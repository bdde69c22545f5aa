import { queryOptions, useQuery } from "@tanstack/react-query";

/** What the gateway tells the page: where the socket is, and which services it has. */
type ConsoleConfig = { readonly desktopUrl: string; readonly services: readonly string[] };

export const consoleConfig = queryOptions({
  queryKey: ["console.json"],
  queryFn: async () => (await (await fetch("/console.json")).json()) as ConsoleConfig,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the server has this service; what it has not is not offered. */
export function useService(name: string): boolean {
  return useQuery(consoleConfig).data?.services.includes(name) ?? false;
}
