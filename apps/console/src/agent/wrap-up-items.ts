import { useEffect, useRef, useState } from "react";
import type { DesktopCall } from "../desktop/desktop-state.ts";
import { currentSession } from "../session/session.ts";

/** A call whose result is still to be given: in wrap-up, or its wrap-up ended by itself. */
export type WrapUpItem = { readonly callId: string; readonly number: string; readonly queue: string; readonly until?: number };

const MOST = 5;
const STORED = () => `trunkline.unfinished.${currentSession()?.tenant}/${currentSession()?.employeeId}`;

export const itemOf = ({ callId, pop, until }: DesktopCall): WrapUpItem => ({
  callId,
  number: pop?.caller.number ?? "",
  queue: pop?.queue ?? "",
  ...(until === undefined ? {} : { until }),
});

/** Which wrap-ups have ended by themselves between two looks: they were there, are no more, and the agent did not finish them. */
export function lapsedBetween(
  before: readonly DesktopCall[],
  now: readonly DesktopCall[],
  finished: ReadonlySet<string>,
): readonly DesktopCall[] {
  // Talked to again, it will have another wrap-up.
  const there = new Set(now.map(({ callId }) => callId));
  return before.filter(({ callId, state }) => state === "wrap_up" && !there.has(callId) && !finished.has(callId));
}

/** What was not finished in time, to be given later; kept over a reload, in this tab. */
export function useUnfinished(calls: readonly DesktopCall[], onLapse: (call: DesktopCall) => void) {
  const [items, setItems] = useState<readonly WrapUpItem[]>(() => JSON.parse(sessionStorage.getItem(STORED()) ?? "[]"));
  const finished = useRef(new Set<string>());
  const before = useRef(calls);
  const tell = useRef(onLapse);
  tell.current = onLapse;
  useEffect(() => {
    const lapsed = lapsedBetween(before.current, calls, finished.current);
    before.current = calls;
    if (lapsed.length === 0) return;
    for (const call of lapsed) tell.current(call);
    setItems((known) => [...known, ...lapsed.map(({ until: _, ...call }) => itemOf(call))].slice(-MOST));
  }, [calls]);
  useEffect(() => sessionStorage.setItem(STORED(), JSON.stringify(items)), [items]);
  return {
    items,
    /** The agent has said what it was about, or does not want to. */
    done(callId: string) {
      finished.current.add(callId);
      setItems((known) => known.filter((item) => item.callId !== callId));
    },
  };
}
