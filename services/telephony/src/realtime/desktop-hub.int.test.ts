import { once } from "node:events";
import { describe, expect, it } from "@jest/globals";
import WebSocket from "ws";
import type { Frame } from "../domain/frame.ts";
import { openDesktopHub } from "./desktop-hub.ts";
import type { DesktopHooks } from "./desktop-socket.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const caller = { status: "withheld", certainty: "", number: "", matches: [] } as const;
const ring: Frame = {
  type: "pop",
  key: "pop:o1",
  revision: 1,
  callId: "c1",
  offerId: "o1",
  queue: "q",
  ringingSince: Date.now(),
  verdict: "",
  caller,
};

type Said = { readonly type: string; readonly frames?: readonly Frame[]; readonly resumed?: boolean };

describe("a desktop that comes back after its mailbox was emptied", () => {
  it("is shown a ring that went out meanwhile, though the store does not have it yet", async () => {
    const mailbox = memoryMailbox();
    const hooks: DesktopHooks = {
      mailbox,
      verify: async () => ({
        kind: "employee",
        id: "e1",
        tenant: "t1",
        permissions: new Set(["agent.desktop"]),
        dataScope: "all",
        issuedAt: 0,
        expiresAt: Date.now() / 1000 + 60,
      }),
      snapshot: async () => [],
      shown: async () => undefined,
      watchBoard: () => () => undefined,
      ended: () => undefined,
      now: () => Date.now(),
      log: silent,
    };
    await using hub = await openDesktopHub(0, [], hooks);
    await mailbox.put("t1/e1", ring);
    const socket = new WebSocket(`ws://127.0.0.1:${hub.port}`);
    await once(socket, "open");
    const said: Said[] = [];
    const snapshot = new Promise<void>((resolve) => {
      socket.on("message", (data) => {
        said.push(JSON.parse(String(data)) as Said);
        if (said.at(-1)?.type === "snapshot") resolve();
      });
    });
    socket.send(JSON.stringify({ type: "hello", token: "t", resume: { epoch: "of-before-the-flush", id: "41" } }));
    await snapshot;
    socket.terminate();
    expect(said.map(({ type, resumed }) => [type, resumed])).toEqual([
      ["welcome", false],
      ["snapshot", undefined],
    ]);
    expect(said[1]?.frames).toEqual([ring]);
  });
});
