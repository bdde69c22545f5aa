import type { DesktopHooks } from "./desktop-socket.ts";
import type { Mailbox } from "./mailbox.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The rest of telephony for a hub whose every desktop is of agent t1/e1, who has no calls. */
export const hooksOf = (mailbox: Mailbox): DesktopHooks => ({
  mailbox,
  verify: async () => ({
    kind: "employee",
    id: "e1",
    tenant: "t1",
    roles: [],
    permissions: new Set(["agent.desktop"]),
    dataScope: "all",
    issuedAt: 0,
    expiresAt: Date.now() + 60_000,
    sessionStart: 0,
    sessionEnd: Date.now() + 60_000,
    mustChangePassword: false,
  }),
  snapshot: async () => [],
  shown: async () => undefined,
  noteDesk: () => undefined,
  watchBoard: () => () => undefined,
  checkSession: () => undefined,
  now: () => Date.now(),
  log: silent,
});
