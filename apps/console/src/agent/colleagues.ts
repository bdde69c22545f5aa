import { useQuery } from "@tanstack/react-query";
import { agentSessions, employees } from "../api/clients.ts";

export type Colleague = {
  readonly employeeId: string;
  readonly name: string;
  readonly extension: string;
  /** As in the agent's session; offline where they are not on line. */
  readonly state: string;
  readonly reason: string;
};

const PAGES = 10;
const STATES_MS = 5_000;

async function pages<T>(read: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly next: string }>): Promise<T[]> {
  const all: T[] = [];
  let token = "";
  for (let page = 0; page < PAGES; page++) {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
    if (token === "") break;
  }
  return all;
}

const directory = {
  queryKey: ["colleagues"],
  staleTime: 300_000,
  queryFn: () =>
    pages(async (pageToken) => {
      const { colleagues, nextPageToken } = await employees.listColleagues({ pageSize: 200, pageToken });
      return { items: colleagues, next: nextPageToken };
    }),
};

/** Names of all employees, by id. */
export function useColleagueNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(directory);
  return new Map((data ?? []).map(({ employeeId, name }) => [employeeId, name]));
}

/** Names of those who take calls, by extension. */
export function useExtensionNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(directory);
  return new Map((data ?? []).flatMap(({ extension, name }) => (extension === "" ? [] : [[extension, name] as const])));
}

const FREE_FIRST = ["ready", "wrap_up", "break", "reserved", "ringing", "talking", "offline"];

/** Everybody with a phone, whoever is free first. */
export function useColleagues(): { readonly colleagues: readonly Colleague[]; readonly loading: boolean; readonly error: unknown } {
  const people = useQuery(directory);
  const states = useQuery({
    queryKey: ["colleague-states"],
    refetchInterval: STATES_MS,
    queryFn: () =>
      pages(async (pageToken) => {
        const { colleagues, nextPageToken } = await agentSessions.listColleagueStates({ pageSize: 200, pageToken });
        return { items: colleagues, next: nextPageToken };
      }),
  });
  const byId = new Map((states.data ?? []).map((one) => [one.employeeId, one]));
  const colleagues = (people.data ?? [])
    .filter(({ extension }) => extension !== "")
    .map(({ employeeId, name, extension }) => {
      const { state = "offline", reason = "" } = byId.get(employeeId) ?? {};
      return { employeeId, name, extension, state, reason };
    });
  const rank = ({ state }: Colleague) => FREE_FIRST.indexOf(state);
  return {
    colleagues: colleagues.toSorted((a, b) => rank(a) - rank(b) || a.extension.localeCompare(b.extension)),
    loading: people.isLoading || states.isLoading,
    error: people.error ?? states.error,
  };
}
