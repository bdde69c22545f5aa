import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type Board, type BoardChange, boardCopy } from "@trunkline/desktop-client";
import type { WebSocket } from "ws";
import { type AgentSession, newSession } from "../domain/agent-session.ts";
import { openFloor, TENANT } from "../floor.test-support.ts";
import { sender } from "./socket-sender.ts";
import { openTenantBoard } from "./tenant-board.ts";

const AGENTS = 5_000;
/** Of a frame longer than 125 bytes and shorter than 64 KiB. */
const HEAD_BYTES = 4;

/** A line that takes nothing until it is told to. */
function openLine() {
  const taken: string[] = [];
  const closed: string[] = [];
  let take = () => undefined as undefined;
  const line = new Writable({
    highWaterMark: 1,
    write(frame: Buffer, _encoding, done) {
      take = () => {
        taken.push(frame.subarray(HEAD_BYTES).toString());
        done();
      };
    },
  });
  const socket = {
    readyState: 1,
    OPEN: 1,
    get bufferedAmount() {
      return line.writableLength;
    },
    close: (code: number) => closed.push(String(code)),
    terminate: () => closed.push("terminated"),
  };
  return { send: sender(socket as unknown as WebSocket, line), line, taken, closed, take: () => take() };
}

describe("a desktop whose line takes nothing for a while", () => {
  it("is sent the board of 5,000 agents piece by piece and stays; what it is told of all of them at once, too", async () => {
    await using stack = new AsyncDisposableStack();
    const floor = stack.use(await openFloor([]));
    const { sessions } = floor.context;
    let [mode, version]: [AgentSession["mode"], number] = ["ready", 1];
    const all = () =>
      Array.from({ length: AGENTS }, (_, n) => ({
        tenant: TENANT,
        state: { ...newSession(`0190a1b2-0000-7000-8000-${n}`, 1), mode },
        version,
        writtenAt: version,
      }));
    const board = stack.use(openTenantBoard({ ...floor.context, sessions: { ...sessions, due: async () => all() } }, TENANT));
    const { send, line, taken, closed, take } = openLine();
    board.watch(send);
    const copy = boardCopy();
    const readAll = async () => {
      let made: Board | "gap" | undefined;
      for (let held = 0; made === undefined; held++) {
        // As long as it takes nothing nothing more is put before it.
        for (let n = 0; n < 3; n++) await board.look();
        await setImmediate();
        expect(line.writableLength).toBeLessThan(64 * 1024);
        take();
        await setImmediate();
        made = copy.take(JSON.parse(taken[held] as string) as BoardChange);
      }
      taken.length = 0;
      return made as Board;
    };
    expect((await readAll()).agents).toHaveLength(AGENTS);
    [mode, version] = ["break", 2];
    floor.world.now += 1_000;
    await board.look();
    await setImmediate();
    await board.look();
    const { agents } = await readAll();
    expect(agents.filter(({ state }) => state === "break")).toHaveLength(AGENTS);
    expect(closed).toEqual([]);
  });

  it("is closed as a slow reader when more is said to it than it may be behind", async () => {
    const { send, closed } = openLine();
    for (let n = 0; n < 5; n++) {
      send("x".repeat(60_000));
      await setImmediate();
    }
    expect(closed).toEqual([]);
    send("y");
    expect(closed).toEqual(["4429", "terminated"]);
  });
});
