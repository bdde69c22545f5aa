import { EventEmitter } from "node:events";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import { type handleUnaryCall, Metadata, type ServerUnaryCall, type StatusObject, status } from "@grpc/grpc-js";
import { methodDefinition, servedDefinition, type Unread } from "./method-definition.ts";
import { DRAIN_MS, MAX_MESSAGE_BYTES } from "./serve-options.ts";
import type { UnaryCall } from "./unary-call.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Handle = handleUnaryCall<Unread, Message>;
type NearMethod = {
  readonly handle: Handle;
  readonly read: (bytes: Buffer) => Unread;
  readonly write: (reply: Message) => Buffer;
  readonly underWay: Set<Promise<void>>;
};

/** By address and path: what servers of this process answer without a connection. */
const near = new Map<string, ReadonlyMap<string, NearMethod>>();

/** Lets clients of this process call these methods directly, until it is closed: then what is under way is answered, within 10 s. */
export function serveNear(
  address: string,
  methods: readonly { readonly method: DescMethod; readonly handle: Handle }[],
): { close(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const served = methods.map(({ method, handle }) => {
    const read = servedDefinition(method).requestDeserialize;
    const { path, responseSerialize: write } = methodDefinition(method);
    return [path, { handle, read, write, underWay }] as const;
  });
  near.set(address, new Map(served));
  return {
    async close() {
      near.delete(address);
      const overdue = AbortSignal.timeout(DRAIN_MS);
      const late = new Promise<void>((resolve) => overdue.addEventListener("abort", () => resolve(), { once: true }));
      await Promise.race([Promise.all(underWay), late]);
    },
  };
}

export function nearMethod(address: string, path: string): NearMethod | undefined {
  return near.get(address)?.get(path);
}

/**
 * One call without a socket: the same bytes, handler, deadline and refusals as over one.
 * @param done called once and later, with a reply exactly when the status is OK
 * @returns gives the call up
 */
export function startNear(to: NearMethod, call: UnaryCall, done: (status: StatusObject, reply?: Message) => void): () => void {
  const gone = new EventEmitter();
  const served = Object.assign(gone, {
    metadata: call.metadata,
    request: to.read(call.method.requestSerialize(call.message) as Buffer),
    cancelled: false,
    getDeadline: () => call.deadline,
  });
  let over = false;
  const end = (answer: StatusObject, reply?: Message) => {
    if (over) return;
    over = true;
    clearTimeout(overdue);
    done(answer, reply);
  };
  const giveUp = (code: status, details: string) => {
    served.cancelled = true;
    gone.emit("cancelled");
    end(statusOf(code, details));
  };
  const late = () => giveUp(status.DEADLINE_EXCEEDED, "the deadline has passed");
  const left = call.deadline - Date.now();
  const overdue = Number.isFinite(left) ? setTimeout(late, Math.max(0, Math.min(left, LONGEST_TIMER_MS))) : undefined;
  if (left > 0) {
    const answered = answer(to, served as unknown as ServerUnaryCall<Unread, Message>).then((answer) => {
      if (!Buffer.isBuffer(answer)) return end(answer);
      if (answer.length > MAX_MESSAGE_BYTES) return end(statusOf(status.RESOURCE_EXHAUSTED, "the reply is larger than 4 MiB"));
      end(statusOf(status.OK, ""), call.method.responseDeserialize(answer));
    });
    to.underWay.add(answered);
    void answered.finally(() => to.underWay.delete(answered));
  }
  return () => giveUp(status.CANCELLED, "the caller gave it up");
}

/** The reply as bytes, or the status of a refusal. */
function answer({ handle, write }: NearMethod, call: ServerUnaryCall<Unread, Message>): Promise<Buffer | StatusObject> {
  return new Promise((resolve) => {
    handle(call, (error, reply) => {
      if (error || !reply) return resolve(error as StatusObject);
      try {
        resolve(write(reply));
      } catch (thrown) {
        resolve(statusOf(status.INTERNAL, `the reply could not be written: ${(thrown as Error).message}`));
      }
    });
  });
}

function statusOf(code: status, details: string): StatusObject {
  return { code, details, metadata: new Metadata() };
}
