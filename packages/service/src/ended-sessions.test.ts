import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { ListEndedSessionsResponseSchema, type SessionService } from "@trunkline/proto/workforce";
import type { Client } from "@trunkline/rpc";
import { followEndedSessions } from "./ended-sessions.ts";

const NOW = 1_700_000_000_000;
type Row = { readonly employeeId: string; readonly at: number };

/** Workforce with pages of three, and a service that asks it. */
async function openFollower(given: readonly Row[] = []) {
  const rows = [...given];
  const lines: string[] = [];
  const state = { away: false, asked: 0 };
  const listEndedSessions: Client<typeof SessionService>["listEndedSessions"] = async ({ since }) => {
    state.asked += 1;
    if (state.away) throw new DomainError("unavailable", "peer_unavailable", "away");
    const from = timestampMs(since as never);
    const page = rows
      .filter(({ at }) => at >= from)
      .sort((a, b) => a.at - b.at)
      .slice(0, 3);
    const ended = page.map(({ employeeId, at }) => ({
      tenant: "t1",
      employeeId,
      tokensEndedAt: timestampFromMs(at),
      sessionsEndedAt: timestampFromMs(at),
    }));
    return create(ListEndedSessionsResponseSchema, { ended });
  };
  const log = { warn: (_: object, line: string) => void lines.push(line), info: (_: object, line: string) => void lines.push(line) };
  const guard = await followEndedSessions({ listEndedSessions }, () => NOW, log);
  const isOver = (id: string) => {
    try {
      guard.check({
        kind: "employee",
        id,
        tenant: "t1",
        roles: [],
        permissions: new Set(),
        dataScope: "all",
        issuedAt: NOW - 500_000,
        expiresAt: NOW + 100_000,
        sessionStart: NOW - 500_000,
        sessionEnd: NOW + 500_000,
        mustChangePassword: false,
      });
      return false;
    } catch {
      return true;
    }
  };
  return { guard, rows, lines, state, isOver, [Symbol.asyncDispose]: () => guard[Symbol.asyncDispose]() };
}

describe("a service that follows ended sessions", () => {
  it("knows all of the last quarter of an hour before it admits the first call, also over many pages", async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ employeeId: `e${n}`, at: NOW - 400_000 + n }));
    await using follower = await openFollower(rows);
    expect(rows.filter(({ employeeId }) => !follower.isOver(employeeId))).toEqual([]);
    expect(follower.isOver("e20")).toBe(false);
  });

  it("learns of one that was written only after a later one had been seen", async () => {
    await using follower = await openFollower([{ employeeId: "late", at: NOW - 1_000 }]);
    follower.rows.push({ employeeId: "slow", at: NOW - 5_000 });
    await follower.guard.refresh();
    expect([follower.isOver("late"), follower.isOver("slow")]).toEqual([true, true]);
  });

  it("believes tokens while workforce is away, says so once, and catches up on what it missed", async () => {
    await using follower = await openFollower();
    follower.state.away = true;
    await follower.guard.refresh();
    await follower.guard.refresh();
    expect([follower.isOver("e1"), follower.lines.length]).toEqual([false, 1]);
    follower.rows.push({ employeeId: "e1", at: NOW - 300_000 });
    follower.state.away = false;
    await follower.guard.refresh();
    expect([follower.isOver("e1"), follower.lines.length]).toEqual([true, 2]);
  });
});
