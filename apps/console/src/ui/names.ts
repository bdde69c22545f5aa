import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Employee } from "@trunkline/proto/workforce";
import { useMemo } from "react";
import { employees } from "../api/clients.ts";

const PAGE = 200;
/** 10,000 people: more than one screen is meant for. */
const MOST_PAGES = 50;

export const employeesQuery = queryOptions({
  queryKey: ["employees"],
  staleTime: 300_000,
  queryFn: async () => {
    const all: Employee[] = [];
    let pageToken = "";
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await employees.listEmployees({ pageSize: PAGE, pageToken });
      all.push(...answer.employees);
      pageToken = answer.nextPageToken;
      if (pageToken === "") break;
    }
    return all;
  },
});

/** All employees, leavers too, by when they came; undefined while they are read. */
export const useEmployees = (): readonly Employee[] | undefined => useQuery(employeesQuery).data;

/** Names of all employees, by id. */
export function useNames(): ReadonlyMap<string, string> {
  const all = useEmployees();
  return useMemo(() => new Map((all ?? []).map(({ employeeId, name }) => [employeeId, name])), [all]);
}
