import type { Leaving } from "./leaving.ts";

/** Where the browser says that we are. */
export type Address = { readonly get: () => string /** One step further in its history. */; readonly put: (room: string) => void };

export type Rooms = {
  readonly shown: () => string;
  /** By a link of ours; what comes then is for who has arrived. */
  enter(room: string, then?: () => void): void;
  /** The browser went there by itself: Back, Forward, or an address that was typed. */
  moved(): void;
  readonly subscribe: (listener: () => void) => () => void;
};

/** Which room is shown. The address follows it, and no way out of a room goes past what is not saved. */
export function openRooms(address: Address, leave: Leaving["leave"]): Rooms {
  let shown = address.get();
  const listeners = new Set<() => void>();
  const go = (room: string) => {
    shown = room;
    if (address.get() !== room) address.put(room);
    for (const listener of listeners) listener();
  };
  return {
    shown: () => shown,
    enter: (room, then) =>
      leave(() => {
        go(room);
        then?.();
      }),
    moved() {
      const room = address.get();
      if (room === shown) return;
      leave(() => go(room));
      // It is asked about: until then we are where we were.
      if (shown !== room) address.put(shown);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
