import type { DesktopCall } from "../desktop/desktop-state.ts";

/** A call whose result is still to be given: in wrap-up, or its wrap-up ended by itself. */
export type WrapUpItem = { readonly callId: string; readonly number: string; readonly queue: string; readonly until?: number };
/** What an agent says of a call. */
export type Said = Readonly<Record<"disposition" | "note", string>>;
/** A wrap-up of which something was said that is not saved yet, or that ended before anything was. */
export type Kept = Omit<WrapUpItem, "until"> & { readonly said: Said };

export const nothingSaid: Said = { disposition: "", note: "" };
export const isSaid = ({ disposition, note }: Said): boolean => disposition !== "" || note.trim() !== "";

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

const MOST = 5;

export const saidOf = (kept: readonly Kept[], callId: string): Said => kept.find((one) => one.callId === callId)?.said ?? nothingSaid;

/** With what is said of a call by now. Where there are too many, those go of which nothing was said. */
export function withSaid(kept: readonly Kept[], { callId, number, queue }: WrapUpItem, said: Said): readonly Kept[] {
  const item = { callId, number, queue, said };
  const next = kept.some((one) => one.callId === callId) ? kept.map((one) => (one.callId === callId ? item : one)) : [...kept, item];
  const silent = next.filter((one) => !isSaid(one.said)).slice(0, Math.max(0, next.length - MOST));
  return next.filter((one) => !silent.includes(one));
}

/** The one that the form shows: the one in which the agent chose or writes, else who is due now; what is late waits until it is asked for. */
export function itemToShow(
  due: readonly WrapUpItem[],
  late: readonly Kept[],
  kept: readonly Kept[],
  picked: string,
): WrapUpItem | undefined {
  const begun = ({ callId }: WrapUpItem) => isSaid(saidOf(kept, callId));
  return [...due, ...late].find(({ callId }) => callId === picked) ?? due.findLast(begun) ?? due.at(-1) ?? late.findLast(begun);
}

/**
 * What has become of a wrap-up that is gone: `late` when nobody said anything, `elsewhere` when the agent's other tab or a supervisor did,
 * `differs` when something else was begun here meanwhile.
 */
export function fateOf(said: Said, given: Said | undefined): "late" | "elsewhere" | "differs" {
  if (!given) return "late";
  const same = !isSaid(said) || (said.disposition === given.disposition && said.note.trim() === given.note);
  return same ? "elsewhere" : "differs";
}
