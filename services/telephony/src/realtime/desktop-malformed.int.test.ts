import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { createTokenSigner, createTokenVerifier, generateKeys } from "@trunkline/auth";
import WebSocket from "ws";
import { damagedJson, heldBytes, oneOf, type Random, randomFrom } from "../malformed.test-support.ts";
import { hooksOf } from "./desktop.test-support.ts";
import { openDesktopHub } from "./desktop-hub.ts";
import type { DesktopHooks } from "./desktop-socket.ts";
import type { Mailbox } from "./mailbox.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const UPGRADE = Buffer.from(
  "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
);
const [TEXT, BINARY, CLOSING] = [1, 2, 8];

/** As a browser sends it, masked with zeroes. */
function wireFrame(opcode: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload as string);
  const { length } = bytes;
  const size = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size, 0, 0, 0, 0]), bytes]);
}

const BYE = wireFrame(CLOSING, Buffer.from([3, 232]));
/** No frames of the WebSocket protocol, or more than it may carry here. */
const BROKEN = [
  wireFrame(3, "reserved"),
  wireFrame(0, "goes on from nothing"),
  wireFrame(0x40 | TEXT, "compressed"),
  wireFrame(TEXT, Buffer.from([0x22, 0xff, 0xfe, 0x22])),
  wireFrame(CLOSING, Buffer.from([0, 1])),
  wireFrame(TEXT, "x".repeat(20_000)),
  Buffer.from([0x80 | TEXT, 5, ...Buffer.from("bare!")]),
  Buffer.from([0x80 | TEXT, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
  // A ping in parts.
  Buffer.from([9, 0x80, 0, 0, 0, 0]),
];

function malformed(right: readonly string[], random: Random): Buffer {
  const kind = random(40);
  if (kind === 0) return oneOf(BROKEN, random);
  return wireFrame(kind < 5 ? BINARY : TEXT, damagedJson(oneOf(right, random), random));
}

/**
 * One socket from the upgrade to its end.
 * @param later said once the desktop is let in or refused, and before it closes
 * @returns the code that the server closed it with; 0 when it was cut off
 */
async function visit(port: number, first: readonly Buffer[], later?: readonly Buffer[]): Promise<number> {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.write(Buffer.concat([UPGRADE, ...first, ...(later ? [] : [BYE])]));
  let heard = Buffer.alloc(0);
  let rest = later;
  socket.on("data", (bytes) => {
    heard = Buffer.concat([heard, bytes as Buffer]);
    if (!rest || !(heard.includes('"snapshot"') || heard.includes(0x88))) return;
    socket.write(Buffer.concat([...rest, BYE]));
    rest = undefined;
  });
  await new Promise((resolve) => socket.on("close", resolve));
  const at = heard.lastIndexOf(0x88);
  return at < 0 ? 0 : heard.readUInt16BE(at + 2);
}

/** Mailboxes that know who reads them, and who stopped reading twice. */
function countedMailbox(): { readonly mailbox: Mailbox; readonly counts: { readers: number; leftTwice: number } } {
  const mailbox = memoryMailbox();
  const counts = { readers: 0, leftTwice: 0 };
  const subscribe: Mailbox["subscribe"] = async (...args) => {
    const unsubscribe = await mailbox.subscribe(...args);
    let left = false;
    counts.readers += 1;
    return async () => {
      if (left) counts.leftTwice += 1;
      else counts.readers -= 1;
      left = true;
      await unsubscribe();
    };
  };
  return { mailbox: { ...mailbox, subscribe }, counts };
}

async function openRig() {
  const { privateKeys, trusted } = await generateKeys(["workforce"]);
  const sign = await createTokenSigner("workforce", privateKeys["workforce"] ?? {});
  const verify = createTokenVerifier(trusted);
  const token = (subject: string) => sign({ subject, tenant: "t1", roles: ["agent"], ttlMs: 600_000, now: Date.now() });
  const { mailbox, counts } = countedMailbox();
  const shown: unknown[] = [];
  const faults: unknown[] = [];
  const hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], {
    ...hooksOf(mailbox),
    verify: (text) => verify(text, Date.now()),
    shown: async (...said) => void (said.every((it) => typeof it === "string" && it.length <= 64) || shown.push(said)),
    log: { ...hooksOf(mailbox).log, error: (fields) => void faults.push(fields) },
  });
  return { hub, mailbox, counts, token, shown, faults };
}

/** A desktop that does no wrong: what it hears of its own. */
async function quietDesktop(port: number, token: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const revisions: number[] = [];
  const types = new Set<string>();
  socket.on("message", (data) => {
    const { type, frame } = JSON.parse(String(data)) as { type: string; frame?: { revision: number } };
    types.add(type);
    if (frame) revisions.push(frame.revision);
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "hello", token }));
  const until = async (done: () => boolean) => {
    while (!done()) await once(socket, "message");
  };
  await until(() => types.has("snapshot"));
  return { socket, revisions, types, until };
}

describe("100,000 malformed frames on the desktop socket", () => {
  it("crash, hang and fill nothing, and another desktop hears all that is for it", async () => {
    const { hub, mailbox, counts, token, shown, faults } = await openRig();
    const hello = JSON.stringify({ type: "hello", token: await token("e1") });
    const right = [
      hello,
      JSON.stringify({ ...JSON.parse(hello), resume: { epoch: "e", id: "41" } }),
      '{"type":"shown","callId":"c1","offerId":"o1"}',
      '{"type":"ping"}',
      '{"type":"watch_board"}',
      '{"type":"unwatch_board"}',
    ];
    const quiet = await quietDesktop(hub.port, await token("e2"));
    const random = randomFrom(42);
    const codes = new Map<number, number>();
    let told = 0;
    const flood = async (frames: number) => {
      let sent = 0;
      const lane = async () => {
        while (sent < frames) {
          const some = Array.from({ length: 1 + random(24) }, () => malformed(right, random));
          sent += some.length;
          const greeting = wireFrame(TEXT, hello);
          const ways: readonly [Buffer[], Buffer[]?][] = [
            // Before the hello, right behind it, the same and away at once, and when the desktop has been let in.
            [some, []],
            [[greeting, ...some], []],
            [[greeting, ...some]],
            [[greeting], some],
          ];
          const code = await visit(hub.port, ...oneOf(ways, random));
          codes.set(code, (codes.get(code) ?? 0) + 1);
          const revision = ++told;
          await mailbox.put("t1/e2", { type: "call", key: "call:c2", revision, callId: "c2", state: "talking" });
        }
      };
      await Promise.all(Array.from({ length: 16 }, lane));
      while (hub.sockets() > 1) await setImmediate();
      return heldBytes();
    };
    const before = await flood(15_000);
    const after = await flood(85_000);
    quiet.socket.send('{"type":"ping"}');
    await quiet.until(() => quiet.types.has("pong") && quiet.revisions.length >= told);
    expect(quiet.revisions).toEqual(Array.from({ length: told }, (_, i) => i + 1));
    expect([...quiet.types].sort()).toEqual(["frame", "pong", "snapshot", "welcome"]);
    expect(after).toBeLessThan(before * 1.1);
    // Refused by us, or by the WebSocket protocol; 1000: gone before anybody looked. None by a fault of ours, which is 4503.
    expect([...codes.keys()].toSorted((one, two) => one - two)).toEqual([1000, 1002, 1007, 1009, 4400, 4401, 4403]);
    expect(codes.get(4400)).toBeGreaterThan(3_000);
    // The quiet desktop's own mailbox, and its tenant's.
    expect([shown, faults, counts]).toEqual([[], [], { readers: 2, leftTwice: 0 }]);
    quiet.socket.terminate();
    await hub[Symbol.asyncDispose]();
  });
});

describe("a desktop that says that more is shown than can be stored", () => {
  it("is closed, and not heard from then on", async () => {
    const noted: string[] = [];
    const stored = Promise.withResolvers<void>();
    const shown: DesktopHooks["shown"] = (_tenant, _employee, callId) => {
      noted.push(callId);
      return stored.promise;
    };
    await using hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], { ...hooksOf(memoryMailbox()), shown });
    const greeting = wireFrame(TEXT, '{"type":"hello","token":"t"}');
    const acknowledgements = Array.from({ length: 100 }, (_, n) => JSON.stringify({ type: "shown", callId: `c${n}`, offerId: "o" }));
    const frames = acknowledgements.map((text) => wireFrame(TEXT, text));
    expect(await visit(hub.port, [greeting], frames)).toBe(4400);
    expect(noted.splice(0)).toEqual(Array.from({ length: 64 }, (_, n) => `c${n}`));
    expect(await visit(hub.port, [greeting], [wireFrame(TEXT, "{"), ...frames])).toBe(4400);
    expect(await visit(hub.port, [wireFrame(TEXT, "{"), greeting], frames)).toBe(4400);
    expect(noted).toEqual([]);
    stored.resolve();
    // As many as it likes, one after the other.
    const { socket } = await quietDesktop(hub.port, "t");
    for (const text of acknowledgements) {
      socket.send(text);
      while (noted.at(-1) !== JSON.parse(text).callId) await setImmediate();
    }
    socket.terminate();
  });
});
