import { useSyncExternalStore } from "react";
import { elapsed } from "../format/time.ts";

/** One timer for all counters of the page. */
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 500);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/** Epoch ms, anew twice a second. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => (timer ? now : Date.now() - (Date.now() % 500)));

/** Counts up since an instant. Read by eye: a screen reader is not told every second. */
export function Elapsed({ since }: { readonly since: number }) {
  return <span className="num">{elapsed(useNow() - since)}</span>;
}
