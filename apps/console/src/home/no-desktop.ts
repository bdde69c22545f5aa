import { nothingYet } from "../desktop/desktop-state.ts";
import type { DesktopStore } from "../desktop/desktop-store.ts";

const nothing = () => undefined;

/** For whoever has no calls: there is no socket, and nothing comes over it. */
export const noDesktop: DesktopStore = {
  get: () => nothingYet,
  subscribe: () => nothing,
  client: { shown: nothing, watchBoard: () => nothing, renew: nothing },
  extended: nothing,
  close: nothing,
};
