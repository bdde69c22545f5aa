import { failpointActive, type Logger, repeat, withDeadline } from "@trunkline/runtime";
import type { Lease } from "@trunkline/store";

const LOOK_MS = 500;
/** Less than what is left of a lease when it was last found held, so that nobody else can have it in that time. */
const SURE_MS = 2_000;
const ASK_MS = 2_000;

/**
 * Whether this instance still has the connection, asked before anything is ordered there: one that was frozen must not act on what it
 * decided before. Without the database calls go on: whoever has taken the connection over meanwhile has a higher epoch.
 */
export type Sure = () => Promise<boolean>;

/**
 * Opens a connection while this instance holds its lease, and closes it when the lease is lost: one owner a connection. What a
 * frozen owner still writes carries its old epoch and is left out.
 */
export function ownConnection(lease: Lease, open: (epoch: number, sure: Sure) => AsyncDisposable, log: Logger): AsyncDisposable {
  const looking = openLook(lease, log);
  let connection: AsyncDisposable | undefined;
  let epoch = 0;
  const close = async () => {
    await connection?.[Symbol.asyncDispose]();
    connection = undefined;
  };
  const work = async () => {
    const held = await looking.look();
    if (held === 0 || (held !== undefined && epoch !== held)) await close();
    if (held && !connection) {
      epoch = held;
      connection = open(held, () => looking.sure(held));
    }
  };
  const running = repeat({ what: "owning a connection", everyMs: LOOK_MS, work, log });
  return {
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await close();
      await lease[Symbol.asyncDispose]();
    },
  };
}

/** `look` gives the epoch while the lease is held, 0 when it is not, undefined when nobody can say. */
function openLook(lease: Lease, log: Logger): { look(): Promise<number | undefined>; sure(epoch: number): Promise<boolean> } {
  let last: { readonly at: number; readonly held: number | undefined } | undefined;
  let asking: Promise<number | undefined> | undefined;
  const ask = async () => {
    const at = performance.now();
    const held = await withDeadline("renewing a lease", ASK_MS, lease.hold()).then(
      (holds) => (holds ? lease.epoch() : 0),
      (error: unknown) => {
        log.warn({ err: error }, "a lease could not be renewed; it is tried again");
        return undefined;
      },
    );
    // A freeze may lie between the question and its answer.
    last = { at, held };
    return held;
  };
  const look = (): Promise<number | undefined> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return {
    look,
    sure: async (epoch) => {
      if (failpointActive("connection.fence.off")) return true;
      const fresh = last !== undefined && performance.now() - last.at < SURE_MS;
      const held = fresh ? last?.held : await look();
      return held === undefined || held === epoch;
    },
  };
}
