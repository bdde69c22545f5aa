import { type DomainError, toDomainError } from "@trunkline/errors";
import { backOff, withDeadline } from "@trunkline/runtime";
import { type AriHttp, unavailable } from "./ari-http.ts";
import type { AriConnectionOptions, AriConnectionState, AriTiming } from "./ari-options.ts";
import { type AriSession, openAriSession } from "./ari-session.ts";
import type { AriStream } from "./ari-stream.ts";

/** One connector's way to its PBX, over all its sockets. */
export type AriLink = {
  readonly options: AriConnectionOptions;
  readonly timing: AriTiming;
  readonly http: AriHttp;
  readonly stop: AbortController;
  readonly watchers: Set<() => void>;
  state: AriConnectionState;
  session: AriSession | undefined;
};

function become(link: AriLink, state: AriConnectionState): void {
  link.state = state;
  link.options.onState?.(state);
  for (const look of [...link.watchers]) look();
}

export async function untilLive(link: AriLink, deadlineMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => link.state.state === "live" && resolve();
  link.watchers.add(look);
  look();
  try {
    await withDeadline("connecting to the PBX", deadlineMs, promise);
  } catch (error) {
    const why = link.state.state === "waiting" ? link.state.code : link.state.state;
    throw unavailable(`the PBX connection is not live after ${deadlineMs} ms (${why})`, error);
  } finally {
    link.watchers.delete(look);
  }
}

/** Connects again and again, with growing pauses, until the link is stopped. */
export async function keepConnected(link: AriLink, stream: AriStream): Promise<void> {
  const { options, timing, stop } = link;
  for (let attempt = 1; !stop.signal.aborted; attempt++) {
    become(link, { state: "connecting" });
    const since = performance.now();
    const reason = await connectOnce(link, stream);
    link.session = undefined;
    if (stop.signal.aborted) break;
    // A connection that lasted was a good one: the pauses begin anew.
    if (performance.now() - since > timing.maxRetryMs) attempt = 1;
    options.log.warn({ code: reason.code, attempt }, "no connection to the PBX; trying again");
    become(link, { state: "waiting", code: reason.code });
    // Two instances that take the application from each other would do nothing else: whoever lost it waits longest.
    const first = reason.code === "pbx_application_replaced" ? timing.maxRetryMs : timing.retryMs;
    await backOff(attempt, first, timing.maxRetryMs, stop.signal);
  }
  become(link, { state: "closed" });
}

/** One connection from its beginning to its end. @returns why it ended */
async function connectOnce(link: AriLink, stream: AriStream): Promise<DomainError> {
  const { options, timing, stop, http } = link;
  try {
    const session = await openAriSession(
      {
        ...options,
        connectMs: timing.connectMs,
        pingMs: timing.pingMs,
        signal: stop.signal,
        onEvent: stream.take,
        onProblem: (code) => options.log.warn({ code }, "the PBX sent what could not be read; it was left out"),
      },
      http,
    );
    link.session = session;
    try {
      become(link, { state: "syncing" });
      await stream.sync(session, timing.syncMs);
      become(link, { state: "live" });
      options.log.info({}, "connected to the PBX");
      return await session.closed;
    } finally {
      session.close(unavailable("the connection to the PBX was given up"));
    }
  } catch (error) {
    return toDomainError(error);
  }
}
