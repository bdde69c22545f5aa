import { type CloseReason, type DesktopClient, openDesktopClient } from "@trunkline/desktop-client";
import { createContext, useContext, useSyncExternalStore } from "react";
import { renewSession } from "../api/clients.ts";
import { currentSession, tokenRefused } from "../session/session.ts";
import { type DesktopState, nothingYet, withFrame, withSnapshot, withUntil } from "./desktop-state.ts";

export type DesktopStore = {
  readonly get: () => DesktopState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly client: Pick<DesktopClient, "shown" | "watchBoard" | "renew">;
  /** A wrap-up was made longer. */
  readonly extended: (callId: string, until: number) => void;
  readonly close: () => void;
};

/** The desktop of whoever is logged in, over one socket. */
export function openDesktopStore(url: string): DesktopStore {
  let state = nothingYet;
  const listeners = new Set<() => void>();
  const set = (next: DesktopState) => {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };
  let shown = "";
  /** With the token that there is meanwhile, with another one of this session, or after a new log-in. */
  const again = async (reason: CloseReason) => {
    const renewed = reason === "token_expired" || reason === "token_stale";
    if (currentSession()?.token !== shown || (renewed && (await renewSession()))) client.renew();
    // Where it could not be asked for, the next renewal brings it.
    else if (!renewed) tokenRefused(reason);
  };
  const client = openDesktopClient({
    url,
    token: () => {
      shown = currentSession()?.token ?? "";
      return shown;
    },
    onFrame: (frame) => set(withFrame(state, frame, Date.now())),
    onSnapshot: (frames) => set(withSnapshot(state, frames, Date.now())),
    onBoard: (board) => set({ ...state, board }),
    onCallbacksChanged: () => set({ ...state, callbackChanges: state.callbackChanges + 1 }),
    onStatus(link) {
      set({ ...state, link });
      if (link.state === "log_in") void again(link.reason);
    },
  });
  const online = () => client.renew();
  window.addEventListener("online", online);
  return {
    get: () => state,
    client,
    extended: (callId, until) => set(withUntil(state, callId, until)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      window.removeEventListener("online", online);
      client.close();
    },
  };
}

export const DesktopContext = createContext<DesktopStore | undefined>(undefined);

export function useDesktopStore(): DesktopStore {
  const store = useContext(DesktopContext);
  if (!store) throw new Error("there is no desktop above this component");
  return store;
}

export function useDesktop<T>(part: (state: DesktopState) => T): T {
  const { get, subscribe } = useDesktopStore();
  return useSyncExternalStore(subscribe, () => part(get()));
}
