import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { Frame } from "@trunkline/desktop-client";
import WebSocket from "ws";
import { hooksOf } from "./desktop.test-support.ts";
import { openDesktopHub } from "./desktop-hub.ts";
import type { DesktopHooks } from "./desktop-socket.ts";
import { type Mailbox, mailboxOfAll } from "./mailbox.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const caller = { status: "withheld", certainty: "", number: "", matches: [] } as const;
const ring: Frame = {
  type: "pop",
  key: "pop:o1",
  revision: 1,
  callId: "c1",
  offerId: "o1",
  queue: "q",
  ringingSince: Date.now(),
  actions: [],
  verdict: "",
  caller,
};

type Said = { readonly type: string; readonly frame?: Frame; readonly frames?: readonly Frame[]; readonly resumed?: boolean };

/** What the socket of the test's agent says until `enough` of it has come. */
async function hear(port: number, resume: { epoch: string; id: string }, enough: (said: readonly Said[]) => boolean): Promise<Said[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, "open");
  const said: Said[] = [];
  const heard = new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      said.push(JSON.parse(String(data)) as Said);
      if (enough(said)) resolve();
    });
  });
  socket.send(JSON.stringify({ type: "hello", token: "t", resume }));
  await heard;
  socket.terminate();
  return said;
}

describe("a desktop that comes back after its mailbox was emptied", () => {
  it("is shown a ring that went out meanwhile, though the store does not have it yet", async () => {
    const mailbox = memoryMailbox();
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(mailbox));
    await mailbox.put("t1/e1", ring);
    const said = await hear(hub.port, { epoch: "of-before-the-flush", id: "41" }, (all) => all.at(-1)?.type === "snapshot");
    expect(said.map(({ type, resumed }) => [type, resumed])).toEqual([
      ["welcome", false],
      ["snapshot", undefined],
    ]);
    expect(said[1]?.frames).toEqual([ring]);
  });
});

describe("a desktop that resumes", () => {
  it("gets a frame once whose news comes only after it was told what it missed", async () => {
    const mailbox = memoryMailbox();
    const { epoch } = await mailbox.tail("t1/e1");
    const late: (() => void)[] = [];
    const slow: Mailbox = {
      ...mailbox,
      subscribe: (agent, receive) => mailbox.subscribe(agent, (numbered) => void late.push(() => receive(numbered))),
      async after(agent, place) {
        await mailbox.put(agent, ring);
        return mailbox.after(agent, place);
      },
    };
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(slow));
    const heard = hear(hub.port, { epoch, id: "0" }, (all) => {
      if (all.length === 2)
        void mailbox.put("t1/e1", { ...ring, revision: 2 }).then(() => {
          for (const tell of late.splice(0)) tell();
        });
      return all.at(-1)?.frame?.revision === 2;
    });
    expect((await heard).map(({ type, frame }) => [type, frame?.revision])).toEqual([
      ["welcome", undefined],
      ["frame", 1],
      ["frame", 2],
    ]);
  });

  it("gets a frame once that is put while it is told what it missed", async () => {
    const mailbox = memoryMailbox();
    const { epoch } = await mailbox.tail("t1/e1");
    const busy: Mailbox = {
      ...mailbox,
      async after(agent, place) {
        await mailbox.put(agent, ring);
        return mailbox.after(agent, place);
      },
    };
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(busy));
    const next = { ...ring, revision: 2 };
    const heard = hear(hub.port, { epoch, id: "0" }, (all) => {
      if (all.length === 2) void mailbox.put("t1/e1", next);
      return all.at(-1)?.frame?.revision === 2;
    });
    expect((await heard).map(({ type, frame }) => [type, frame?.revision])).toEqual([
      ["welcome", undefined],
      ["frame", 1],
      ["frame", 2],
    ]);
  });
});

describe("while the mailboxes are away", () => {
  it("a desktop gets its snapshot though another agent's cannot be read", async () => {
    const world = { broken: false };
    const hooks = hooksOf({ ...memoryMailbox(), check: async () => Promise.reject(new Error("away")) });
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], {
      ...hooks,
      verify: async (token) => ({ ...(await hooks.verify(token)), id: token }),
      snapshot: async (_tenant, id) => {
        if (world.broken && id === "e0") throw new Error("its call is of a newer release");
        return world.broken ? [ring] : [];
      },
    });
    const open = async (token: string) => {
      const socket = new WebSocket(`ws://127.0.0.1:${hub.port}`);
      await once(socket, "open");
      socket.send(JSON.stringify({ type: "hello", token }));
      await once(socket, "message");
      return socket;
    };
    const [broken, well] = [await open("e0"), await open("e1")];
    const told = new Promise<void>((resolve) => {
      well.on("message", (data) => (JSON.parse(String(data)) as Said).frames?.length === 1 && resolve());
    });
    world.broken = true;
    await told;
    broken.terminate();
    well.terminate();
  });
});

describe("the desktops of one agent", () => {
  const open = async (port: number) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const closed = once(socket, "close").then(([code, reason]) => `${code} ${String(reason)}`);
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "hello", token: "t" }));
    await once(socket, "message");
    return { socket, closed };
  };

  it("are eight at most: with a ninth the oldest goes, and says why", async () => {
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(memoryMailbox()));
    const opened = [];
    for (let n = 0; n < 9; n++) opened.push(await open(hub.port));
    expect(await opened[0]?.closed).toBe("4409 too_many_desktops");
    opened[1]?.socket.send('{"type":"ping"}');
    expect(opened.slice(1).map(({ socket }) => socket.readyState)).toEqual(Array(8).fill(WebSocket.OPEN));
    for (const { socket } of opened) socket.terminate();
  });

  it("may not say more than a person's program has to say", async () => {
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(memoryMailbox()));
    const { socket, closed } = await open(hub.port);
    let pongs = 0;
    socket.on("message", (data) => String(data) === '{"type":"pong"}' && pongs++);
    for (let n = 0; n < 20_000; n++) socket.send('{"type":"ping"}');
    expect(await closed).toBe("4429 too_many_messages");
    expect(pongs).toBeLessThan(200);
  });
});

describe("a supervisor's desktop", () => {
  it("watches the board once, anew each time that it asks, until it says so or has gone", async () => {
    const watches: string[] = [];
    const watchBoard: DesktopHooks["watchBoard"] = (tenant, send) => {
      watches.push(`watch ${tenant}`);
      send('{"type":"board_change"}', () => undefined);
      return () => void watches.push("leave");
    };
    const hooks = hooksOf(memoryMailbox());
    const verify = async () => ({ ...(await hooks.verify("t")), permissions: new Set(["agent.desktop", "call.supervise"]) });
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], { ...hooks, verify, watchBoard });
    const socket = new WebSocket(`ws://127.0.0.1:${hub.port}`);
    await once(socket, "open");
    const types: string[] = [];
    socket.on("message", (data) => types.push((JSON.parse(String(data)) as Said).type));
    const told = async (type: string, times: number) => {
      while (types.filter((one) => one === type).length < times) await once(socket, "message");
    };
    socket.send('{"type":"hello","token":"t"}');
    for (const type of ["watch_board", "watch_board", "unwatch_board", "unwatch_board", "watch_board"]) socket.send(`{"type":"${type}"}`);
    await told("board_change", 3);
    expect(watches).toEqual(["watch t1", "leave", "watch t1", "leave", "watch t1"]);
    socket.close();
    while (hub.sockets() > 0) await setImmediate();
    expect(watches.slice(5)).toEqual(["leave"]);
  });
});

describe("desktops on two instances", () => {
  it("are both told when a callback task of their tenant has changed", async () => {
    const mailbox = memoryMailbox();
    const open = () => openDesktopHub({ host: "127.0.0.1", port: 0 }, [], hooksOf(mailbox));
    await using stack = new AsyncDisposableStack();
    const ports = [stack.use(await open()).port, stack.use(await open()).port];
    const place = await mailbox.tail("t1/e1");
    const hearing = ports.map((port) =>
      hear(port, place, (said) => {
        const [first, last] = [said[0]?.type, said.at(-1)?.type];
        // Let in: from now on it is told.
        if (first === "welcome" && said.length === 1)
          void mailbox.put(mailboxOfAll("t1"), { type: "callbacks_changed", key: `callbacks:${port}`, revision: 1 });
        return last === "callbacks_changed";
      }),
    );
    for (const said of await Promise.all(hearing)) expect(said.map(({ type }) => type)).toContain("callbacks_changed");
  });
});
