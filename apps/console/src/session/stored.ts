import { useEffect, useState } from "react";
import { currentSession } from "./session.ts";

/** State of whoever is logged in that outlives a reload and the way to another room: in this tab, under its name. */
export function useStored<T>(name: string, first: T) {
  const [key] = useState(() => `trunkline.${name}.${currentSession()?.tenant}/${currentSession()?.employeeId}`);
  const state = useState<T>(() => {
    const stored = sessionStorage.getItem(key);
    return stored === null ? first : (JSON.parse(stored) as T);
  });
  const [value] = state;
  useEffect(() => {
    if (value === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  }, [key, value]);
  return state;
}
