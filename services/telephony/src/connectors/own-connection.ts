import type { Lease } from "@trunkline/mongo";
import { backOff, type Logger } from "@trunkline/runtime";

const LOOK_MS = 500;

/**
 * Opens a connection while this instance holds its lease, and closes it when the lease is lost: one owner a connection. What a
 * frozen owner still writes carries its old epoch and is left out.
 */
export function ownConnection(lease: Lease, open: (epoch: number) => AsyncDisposable, log: Logger): AsyncDisposable {
  const stop = new AbortController();
  const loop = async () => {
    let connection: AsyncDisposable | undefined;
    let epoch = 0;
    const close = async () => {
      await connection?.[Symbol.asyncDispose]();
      connection = undefined;
    };
    while (!stop.signal.aborted) {
      const held = await lease.hold().catch((error: unknown) => {
        log.warn({ err: error }, "a lease could not be renewed; it is tried again");
        // Calls go on without the database; whoever has taken the connection over meanwhile has a higher epoch.
        return undefined;
      });
      if (held === false || (held && epoch !== lease.epoch())) await close();
      if (held && !connection) {
        epoch = lease.epoch();
        connection = open(epoch);
      }
      await backOff(1, LOOK_MS, LOOK_MS, stop.signal);
    }
    await close();
  };
  const running = loop();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await lease[Symbol.asyncDispose]();
    },
  };
}
