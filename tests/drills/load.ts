import { appendFileSync } from "node:fs";
import type { System } from "@trunkline/dev-env";
import { DomainError } from "@trunkline/errors";
import { RequestService } from "@trunkline/proto/service-desk";
import { type Client, createClient } from "@trunkline/rpc";

/** Intent and answer of every operation, one JSON line each, written before and after: what the checker trusts. */
export type LogLine = { readonly op: string; readonly kind: "open" | "assign"; readonly intent?: true; readonly requestId?: string };

/** A minute of 100 ms pauses: longer than any service may be away. */
const TRIES = 600;

export type Load = { readonly offered: () => number; readonly acknowledged: () => number; readonly done: Promise<void> };

/**
 * Opens requests and assigns each once, `width` at a time. A call that fails is tried again under the same request_id, as
 * a careful client does, until it is answered.
 */
export function startLoad(
  system: System,
  tenant: string,
  userToken: string,
  ownerId: string,
  operations: number,
  file: string,
  width = 8,
): Load {
  const requests: Client<typeof RequestService> = createClient(RequestService, {
    address: system.environments.rpc["service-desk"],
    token: async () => userToken,
    deadlineMs: 3_000,
  });
  let [offered, acknowledged] = [0, 0];
  const log = (line: LogLine) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  const insist = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const passing =
          error instanceof DomainError && ["unavailable", "deadline_exceeded", "internal", "cancelled", "conflict"].includes(error.kind);
        if (!passing || attempt === TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const operation = async (n: number) => {
    const op = `${tenant}-${n}`;
    offered += 2;
    log({ op, kind: "open", intent: true });
    const opened = await insist(() =>
      requests.openRequest({ requestId: op, type: "how_to", priority: "normal", subject: "drill", queueId: "quiet" }),
    );
    const requestId = opened.request?.requestId ?? "";
    log({ op, kind: "open", requestId });
    acknowledged += 1;
    log({ op, kind: "assign", intent: true });
    await insist(() => requests.assignRequest({ requestId, ownerId }));
    log({ op, kind: "assign", requestId });
    acknowledged += 1;
  };
  const numbers = Array.from({ length: operations / 2 }, (_, n) => n).values();
  const runner = async () => {
    for (const n of numbers) await operation(n);
  };
  const done = Promise.all(Array.from({ length: width }, runner)).then(() => requests[Symbol.asyncDispose]());
  return { offered: () => offered, acknowledged: () => acknowledged, done };
}
