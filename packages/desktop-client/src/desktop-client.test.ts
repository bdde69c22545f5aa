import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { closeReason } from "./close-reason.ts";
import { type DesktopStatus, openDesktopClient } from "./desktop-client.ts";
import type { Board, Frame } from "./protocol.ts";

/** A socket whose other end is the test. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  open(id = "7", resumed = false): void {
    this.onopen?.();
    this.says({ type: "welcome", epoch: "e1", id, resumed });
    if (!resumed) this.says({ type: "snapshot", frames: [] });
  }
  says(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
  ends(code: number, reason = ""): void {
    this.onclose?.({ code, reason });
  }
}

const caller = { status: "withheld", certainty: "", number: "", matches: [] } as const;
const pop = (revision: number): Frame => ({
  type: "pop",
  key: "pop:o1",
  revision,
  callId: "c1",
  offerId: "o1",
  queue: "q",
  ringingSince: 1,
  actions: [],
  verdict: "",
  caller,
});
const call = (revision: number, state: string): Frame => ({ type: "call", key: "call:c1", revision, callId: "c1", state });

const change = (after: number, seq: number) => ({
  type: "board_change",
  after,
  seq,
  part: 0,
  more: false,
  at: 5,
  agents: [],
  queues: [],
  agentsGone: [],
  queuesGone: [],
});

function setUp() {
  const sockets: FakeSocket[] = [];
  const frames: Frame[] = [];
  const snapshots: (readonly Frame[])[] = [];
  const boards: (Board | undefined)[] = [];
  const reads = { count: 0 };
  const statuses: DesktopStatus[] = [];
  let token = "t1";
  const client = openDesktopClient({
    url: "ws://x",
    token: () => token,
    onFrame: (frame) => frames.push(frame),
    onSnapshot: (all) => snapshots.push(all),
    onBoard: (board) => boards.push(board),
    onCallbacksChanged: () => reads.count++,
    onStatus: (status) => statuses.push(status),
    random: () => 1,
    webSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  const newest = () => sockets.at(-1) as FakeSocket;
  return { client, sockets, newest, frames, snapshots, boards, reads, statuses, setToken: (next: string) => (token = next) };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe("a desktop client", () => {
  it("says hello with its token, and after a cut resumes at the place of its last frame", () => {
    const { newest, frames, sockets } = setUp();
    newest().open();
    newest().says({ type: "frame", id: "8", frame: pop(1) });
    expect(newest().sent).toEqual([{ type: "hello", token: "t1" }]);
    newest().ends(1006);
    jest.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
    newest().open("8", true);
    expect(newest().sent).toEqual([{ type: "hello", token: "t1", resume: { epoch: "e1", id: "8" } }]);
    newest().says({ type: "frame", id: "9", frame: call(3, "talking") });
    expect(frames).toEqual([pop(1), call(3, "talking")]);
  });

  it("drops a frame it has, also when it comes over a snapshot, and takes a newer revision", () => {
    const { newest, frames, snapshots } = setUp();
    newest().open();
    newest().says({ type: "frame", id: "8", frame: pop(1) });
    newest().says({ type: "frame", id: "8", frame: pop(1) });
    newest().says({ type: "frame", id: "9", frame: pop(2) });
    newest().says({ type: "snapshot", frames: [pop(1), call(0, "ringing")] });
    newest().says({ type: "frame", id: "9", frame: pop(2) });
    expect(frames).toEqual([pop(1), pop(2)]);
    // The snapshot's pop is less complete than the one that is known.
    expect(snapshots).toEqual([[], [pop(2), call(0, "ringing")]]);
  });

  it("waits longer after each failure, never longer than ten seconds, and begins anew after a welcome", () => {
    const { newest, statuses } = setUp();
    for (let n = 0; n < 9; n++) {
      newest().ends(1006);
      jest.advanceTimersByTime(10_000);
    }
    const waits = statuses.flatMap((status) => (status.state === "waiting" ? [status.inMs] : []));
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    newest().open();
    newest().ends(4503, "restarting");
    expect(statuses.at(-1)).toEqual({ state: "waiting", reason: "restarting", inMs: 250 });
  });

  it("stops when its token is refused, and goes on with a new one where it was", () => {
    const { client, newest, statuses, sockets, setToken } = setUp();
    newest().open();
    newest().ends(4401, "token_expired");
    jest.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ state: "log_in", reason: "token_expired" });
    setToken("t2");
    client.renew();
    newest().open();
    expect(newest().sent).toEqual([{ type: "hello", token: "t2", resume: { epoch: "e1", id: "7" } }]);
  });

  it("says later what it could not say, and asks for boards again after a reconnection", () => {
    const { client, newest, boards } = setUp();
    client.shown("c1", "o1");
    client.watchBoard();
    newest().onopen?.();
    newest().says({ type: "welcome", epoch: "e1", id: "7", resumed: false });
    // The server listens from the snapshot on.
    expect(newest().sent).toHaveLength(1);
    newest().says({ type: "snapshot", frames: [] });
    expect(newest().sent.slice(1)).toEqual([{ type: "shown", callId: "c1", offerId: "o1" }, { type: "watch_board" }]);
    newest().says(change(0, 1));
    expect(boards).toEqual([{ at: 5, agents: [], queues: [] }]);
    newest().ends(1006);
    jest.advanceTimersByTime(250);
    newest().open();
    expect(newest().sent.slice(1)).toEqual([{ type: "watch_board" }]);
  });

  it("asks for the board anew, once, when a change of it is missing, and takes it up from there", () => {
    const { client, newest, boards } = setUp();
    newest().open();
    client.watchBoard();
    newest().says(change(0, 1));
    newest().says(change(2, 3));
    newest().says(change(3, 4));
    expect(newest().sent.slice(1)).toEqual([{ type: "watch_board" }, { type: "watch_board" }]);
    newest().says(change(0, 4));
    newest().says(change(4, 5));
    expect(boards).toHaveLength(3);
    newest().says(change(6, 7));
    expect(newest().sent.slice(3)).toEqual([{ type: "watch_board" }]);
  });

  it("says when the board is no longer watched, forgets it, and takes nothing of it that was on its way", () => {
    const { client, newest, boards } = setUp();
    newest().open();
    const leave = client.watchBoard();
    newest().says(change(0, 1));
    leave();
    newest().says(change(1, 2));
    expect(newest().sent.slice(1)).toEqual([{ type: "watch_board" }, { type: "unwatch_board" }]);
    expect(boards).toEqual([{ at: 5, agents: [], queues: [] }, undefined]);
    newest().ends(1006);
    jest.advanceTimersByTime(250);
    newest().open();
    expect(newest().sent).toHaveLength(1);
  });

  it("has the callback tasks read once within the time it is told, and after each cut, for it may have missed that", () => {
    const { client, newest, reads } = setUp();
    newest().open();
    newest().says({ type: "callbacks_changed", withinMs: 4_000 });
    newest().says({ type: "callbacks_changed", withinMs: 4_000 });
    jest.advanceTimersByTime(3_999);
    expect(reads.count).toBe(0);
    jest.advanceTimersByTime(1);
    expect(reads.count).toBe(1);
    newest().ends(1006);
    jest.advanceTimersByTime(250);
    newest().open();
    jest.advanceTimersByTime(0);
    expect(reads.count).toBe(2);
    newest().says({ type: "callbacks_changed", withinMs: 4_000 });
    client.close();
    jest.advanceTimersByTime(4_000);
    expect(reads.count).toBe(2);
  });

  it("leaves a connection that has fallen silent, and one that never lets it in", () => {
    const { newest, sockets } = setUp();
    newest().open();
    jest.advanceTimersByTime(20_000);
    expect(newest().sent.at(-1)).toEqual({ type: "ping" });
    newest().says({ type: "pong" });
    jest.advanceTimersByTime(30_000);
    expect(sockets[0]?.closed).toBe(true);
    jest.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
    jest.advanceTimersByTime(10_000);
    expect(sockets[1]?.closed).toBe(true);
  });

  it("leaves out what it cannot read or does not know", () => {
    const { newest, frames, statuses } = setUp();
    newest().open();
    for (const odd of [
      "{",
      "null",
      "[]",
      '"x"',
      { type: "later" },
      { type: "frame", id: "8" },
      { type: "frame", id: "8", frame: { type: "n" } },
    ])
      newest().says(odd);
    newest().says({ type: "frame", id: "9", frame: pop(1) });
    expect(frames).toEqual([pop(1)]);
    expect(statuses.at(-1)).toEqual({ state: "open" });
  });

  it("is quiet after close", () => {
    const { client, newest, sockets, statuses } = setUp();
    newest().open();
    client.close();
    newest().ends(1006);
    client.renew();
    jest.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(statuses.at(-1)).toEqual({ state: "stop", reason: "closed" });
  });
});

describe("a close code", () => {
  it("says why a log-in is over", () => {
    const reasons = ["token_expired", "token_stale", "session_over", "token_invalid", "else"];
    expect(reasons.map((text) => closeReason(4401, text).reason)).toEqual([...reasons.slice(0, 4), "token_invalid"]);
  });

  it("says whether to retry, to log in or to stop", () => {
    expect([4400, 4401, 4403, 4408, 4409, 4429, 4503, 1006].map((code) => closeReason(code).then)).toEqual([
      "stop",
      "log_in",
      "stop",
      "retry",
      "stop",
      "retry",
      "retry",
      "retry",
    ]);
  });
});
