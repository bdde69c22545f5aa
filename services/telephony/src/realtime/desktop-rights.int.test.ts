import { once } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { permissionsOf } from "@trunkline/auth";
import { serverMessage } from "@trunkline/desktop-client/protocol";
import WebSocket from "ws";
import { openFloor, TENANT } from "../floor.test-support.ts";
import { openBoards } from "./boards.ts";
import { desktopHooks } from "./desktop-hooks.ts";
import { openDesktopHub } from "./desktop-hub.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const row = { extension: "1001", active: true, skills: {}, roles: ["agent"], signedOutAt: 0, sequence: 2 };
const ISSUED = 2_000;

/** A hub on which employee "a" has one desktop open, whose token was made in second 2,000. */
async function openHub(roles: readonly string[] = ["agent"]) {
  const stack = new AsyncDisposableStack();
  const floor = stack.use(await openFloor(["a"]));
  const mailbox = stack.use(memoryMailbox());
  const boards = stack.use(openBoards(floor.context));
  const verify = async () =>
    ({
      kind: "employee",
      id: "a",
      tenant: TENANT,
      permissions: permissionsOf(roles),
      dataScope: "all",
      issuedAt: ISSUED,
      expiresAt: 4_000,
    }) as const;
  const hub = stack.use(await openDesktopHub(0, [], desktopHooks(floor.context, mailbox, boards, verify)));
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
  return { floor, open, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("an open desktop", () => {
  it.each([
    ["who has logged out", { ...row, signedOutAt: (ISSUED + 1) * 1_000 }, "4401 signed_out"],
    ["who has left", { ...row, active: false }, "4401 signed_out"],
    ["whose role has changed", { ...row, roles: ["agent", "supervisor"] }, "4401 permissions_changed"],
  ])("of somebody %s is closed within five seconds, and not let in again", async (_who, changed, expected) => {
    await using hub = await openHub();
    const desktop = await hub.open();
    await desktop.said("snapshot");
    const began = performance.now();
    await hub.floor.context.agents.put(TENANT, "a", changed);
    expect(await desktop.closed).toBe(expected);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await (await hub.open()).closed).toBe(expected);
  });

  it("of somebody who logged in again after logging out stays", async () => {
    await using hub = await openHub();
    await hub.floor.context.agents.put(TENANT, "a", { ...row, signedOutAt: ISSUED * 1_000 });
    using desktop = await hub.open();
    await desktop.said("snapshot");
  });

  it("that may not supervise gets no board, one that may gets it", async () => {
    await using hub = await openHub();
    const agent = await hub.open();
    // Said at once, before the snapshot: it waits until the desktop has been let in.
    agent.send('{"type":"watch_board"}');
    expect(await agent.closed).toBe("4403 permission_denied");
    await using other = await openHub(["supervisor"]);
    await other.floor.context.agents.put(TENANT, "a", { ...row, roles: ["supervisor"] });
    using supervisor = await other.open();
    supervisor.send('{"type":"watch_board"}');
    await supervisor.said("board");
  });
});
