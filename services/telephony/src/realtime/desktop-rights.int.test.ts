import { once } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { createSessionGuard, permissionsOf, ROLES } from "@trunkline/auth";
import { serverMessage } from "@trunkline/desktop-client/protocol";
import WebSocket from "ws";
import { openFloor, TENANT } from "../floor.test-support.ts";
import { openBoards } from "./boards.ts";
import { desktopHooks } from "./desktop-hooks.ts";
import { openDesktopHub } from "./desktop-hub.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const ISSUED = 2_000_000;
const SESSION_ENDS = 2 ** 41;

/** A hub on which employee "a" has one desktop open, whose token was made at ISSUED and has run out since. */
async function openHub(roles: readonly string[] = ["agent"]) {
  const stack = new AsyncDisposableStack();
  const floor = stack.use(await openFloor(["a"]));
  const mailbox = stack.use(memoryMailbox());
  const boards = stack.use(openBoards(floor.context));
  const guard = createSessionGuard();
  const token = { issuedAt: ISSUED, sessionEnd: SESSION_ENDS };
  const verify = async () =>
    ({
      kind: "employee",
      id: "a",
      tenant: TENANT,
      roles: [],
      permissions: permissionsOf(roles),
      dataScope: "all",
      expiresAt: ISSUED + 1,
      sessionStart: ISSUED,
      mustChangePassword: false,
      ...token,
    }) as const;
  const hub = stack.use(
    await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], desktopHooks(floor.context, mailbox, boards, verify, guard)),
  );
  const open = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${hub.port}`);
    const types: string[] = [];
    socket.on("message", (data) => types.push(serverMessage.parse(JSON.parse(String(data))).type));
    const closed = once(socket, "close").then(([code, reason]) => `${code} ${String(reason)}`);
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "hello", token: "t" }));
    return {
      closed,
      send: (text: string) => socket.send(text),
      /** Resolves when a message of this type has come. */
      said: async (type: string) => {
        while (!types.includes(type)) await once(socket, "message");
      },
      [Symbol.dispose]: () => socket.terminate(),
    };
  };
  const ended = (tokensEndedAt: number, sessionsEndedAt: number) => guard.end(TENANT, "a", { tokensEndedAt, sessionsEndedAt }, ISSUED);
  return { floor, open, ended, token, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("an open desktop", () => {
  it.each([
    ["who has logged out or left", ISSUED + 1, ISSUED + 1, "4401 session_over"],
    ["who has logged out in the very millisecond of the log-in", ISSUED, ISSUED, "4401 session_over"],
    ["whose roles have changed", ISSUED + 1, 0, "4401 token_stale"],
  ])("of somebody %s is closed by itself, and not let in again", async (_who, tokens, sessions, expected) => {
    await using hub = await openHub();
    const desktop = await hub.open();
    await desktop.said("snapshot");
    hub.ended(tokens, sessions);
    expect(await desktop.closed).toBe(expected);
    expect(await (await hub.open()).closed).toBe(expected);
  });

  it("of somebody who logged in again after logging out is let in, and goes on though its first token has run out", async () => {
    await using hub = await openHub();
    hub.ended(ISSUED - 1, ISSUED - 1);
    using desktop = await hub.open();
    await desktop.said("snapshot");
    desktop.send('{"type":"ping"}');
    await desktop.said("pong");
  });

  it("is closed when its session is as old as a session may get", async () => {
    await using hub = await openHub();
    hub.token.sessionEnd = hub.floor.world.now + 50;
    expect(await (await hub.open()).closed).toBe("4401 session_over");
  });

  it("that may not supervise gets no board, one that may gets it", async () => {
    await using hub = await openHub();
    const agent = await hub.open();
    // Said at once, before the snapshot: it waits until the desktop has been let in.
    agent.send('{"type":"watch_board"}');
    expect(await agent.closed).toBe("4403 permission_denied");
    await using other = await openHub(["supervisor"]);
    using supervisor = await other.open();
    supervisor.send('{"type":"watch_board"}');
    await supervisor.said("board_change");
  });

  it.each([...Object.keys(ROLES), "wizard", "__proto__", ""])("is let in or not by the table of rights: %j", async (role) => {
    await using hub = await openHub([role]);
    using desktop = await hub.open();
    const met = Promise.race([desktop.said("snapshot").then(() => "in"), desktop.closed]);
    expect(await met).toBe(permissionsOf([role]).has("agent.desktop") ? "in" : "4403 permission_denied");
  });
});
