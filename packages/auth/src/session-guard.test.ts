import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createSessionGuard, LONGEST_TOKEN_MS } from "./session-guard.ts";

const NOW = 1_700_000_000_000;
const principal = (issuedAt: number, sessionStart: number, id = "e1") =>
  ({
    kind: "employee",
    id,
    tenant: "t1",
    roles: [],
    permissions: new Set<string>(),
    dataScope: "all",
    issuedAt,
    expiresAt: issuedAt + LONGEST_TOKEN_MS,
    sessionStart,
    sessionEnd: Number.MAX_SAFE_INTEGER,
    mustChangePassword: false,
  }) as const;

describe("the guard of ended sessions", () => {
  it("refuses exactly the sessions and tokens from before their end, of that employee", () => {
    const instant = fc.integer({ min: NOW, max: NOW + 20 });
    fc.assert(
      fc.property(instant, instant, instant, instant, (tokensEndedAt, sessionsEndedAt, issuedAt, sessionStart) => {
        const guard = createSessionGuard();
        guard.end("t1", "e1", { tokensEndedAt, sessionsEndedAt }, NOW);
        const answer = (who: ReturnType<typeof principal>) => {
          try {
            return guard.check(who);
          } catch (error) {
            return (error as { code: string }).code;
          }
        };
        const expected = sessionStart <= sessionsEndedAt ? "session_over" : issuedAt <= tokensEndedAt ? "token_stale" : undefined;
        expect(answer(principal(issuedAt, sessionStart))).toBe(expected);
        expect(answer(principal(issuedAt, sessionStart, "e2"))).toBeUndefined();
        expect(guard.check({ ...principal(0, 0), kind: "service" })).toBeUndefined();
      }),
    );
  });

  it("remembers an end while a token from before could live, and then makes room", () => {
    const guard = createSessionGuard();
    const ended = { tokensEndedAt: NOW, sessionsEndedAt: NOW };
    guard.end("t1", "e1", ended, NOW);
    guard.end("t1", "e2", ended, NOW + LONGEST_TOKEN_MS - 1);
    expect(() => guard.check(principal(NOW, NOW))).toThrow(expect.objectContaining({ code: "session_over" }));
    guard.end("t1", "e3", ended, NOW + LONGEST_TOKEN_MS);
    expect(guard.check(principal(NOW, NOW))).toBeUndefined();
    expect(() => guard.check(principal(NOW, NOW, "e2"))).toThrow();
  });
});
