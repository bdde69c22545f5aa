import { useQuery } from "@tanstack/react-query";
import { employees } from "../api/clients.ts";

/** Names of all employees, by id. */
export function useNames(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ["employees"],
    staleTime: 300_000,
    queryFn: async () => {
      const names = new Map<string, string>();
      let pageToken = "";
      for (let page = 0; page < 20; page++) {
        const answer = await employees.listEmployees({ pageSize: 200, pageToken });
        for (const { employeeId, name } of answer.employees) names.set(employeeId, name);
        pageToken = answer.nextPageToken;
        if (pageToken === "") break;
      }
      return names;
    },
  });
  return data ?? new Map();
}
