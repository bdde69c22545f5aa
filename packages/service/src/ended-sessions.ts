import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { createSessionGuard, LONGEST_TOKEN_MS, type SessionGuard } from "@trunkline/auth";
import type { SessionService } from "@trunkline/proto/workforce";
import type { Client } from "@trunkline/rpc";
import { type Clock, type Logger, repeat } from "@trunkline/runtime";

const msOf = (at: Timestamp | undefined) => (at ? timestampMs(at) : 0);

const POLL_MS = 2_000;
/** A change is seen up to so long after the instant it carries: it was being written, and clocks differ. */
const OVERLAP_MS = 10_000;

/**
 * Keeps a guard of all sessions that ended within a token's life, asked of workforce every two seconds. While workforce cannot be asked,
 * tokens are believed until they run out, for a few minutes: see docs/adr/0014.
 */
export async function followEndedSessions(
  { listEndedSessions }: Pick<Client<typeof SessionService>, "listEndedSessions">,
  now: Clock,
  log: Pick<Logger, "warn" | "info">,
): Promise<SessionGuard & { refresh(): Promise<void> } & AsyncDisposable> {
  const guard = createSessionGuard();
  let seen = now() - LONGEST_TOKEN_MS;
  let away = false;
  const ask = async () => {
    for (let since = seen - OVERLAP_MS; ; since = seen) {
      const { ended } = await listEndedSessions({ since: timestampFromMs(since) });
      for (const { tenant, employeeId, tokensEndedAt, sessionsEndedAt } of ended) {
        const what = { tokensEndedAt: msOf(tokensEndedAt), sessionsEndedAt: msOf(sessionsEndedAt) };
        guard.end(tenant, employeeId, what, now());
        seen = Math.max(seen, what.tokensEndedAt);
      }
      // A page that brings nothing later is the last one.
      if (ended.length === 0 || seen <= since) return;
    }
  };
  const work = () =>
    ask().then(
      () => {
        if (away) log.info({}, "workforce says again whose sessions have ended");
        away = false;
      },
      (error: unknown) => {
        if (!away) log.warn({ err: error }, "workforce does not say whose sessions have ended: tokens are believed until they run out");
        away = true;
      },
    );
  // Before the first call is admitted.
  await work();
  const polling = repeat({ what: "asking for ended sessions", everyMs: POLL_MS, work, log, restFirst: true });
  return { ...guard, refresh: work, [Symbol.asyncDispose]: () => polling[Symbol.asyncDispose]() };
}
