import type { Message } from "@bufbuild/protobuf";
import { type Client as GrpcClient, type Metadata, type MethodDefinition, type StatusObject, status } from "@grpc/grpc-js";

export type UnaryCall = {
  readonly method: MethodDefinition<Message, Message>;
  readonly message: Message;
  readonly metadata: Metadata;
  /** Epoch milliseconds by the process clock. */
  readonly deadline: number;
};

/**
 * One call on the channel itself. Client.makeUnaryRequest would pass it through an emitter, interceptors and a captured
 * stack that nobody here reads, for a tenth of the whole call's time (bench hop).
 * @param done called once, with a reply exactly when the status is OK
 * @returns gives the call up
 */
export function startUnary(client: GrpcClient, call: UnaryCall, done: (status: StatusObject, reply?: Message) => void): () => void {
  const started = client.getChannel().createCall(call.method.path, call.deadline, null, null, null);
  let reply: Message | undefined;
  let unreadable: string | undefined;
  started.start(call.metadata, {
    onReceiveMetadata: () => undefined,
    onReceiveMessage: (bytes: Buffer | null) => {
      try {
        if (bytes !== null) reply = call.method.responseDeserialize(bytes);
      } catch (error) {
        unreadable = `the reply could not be read: ${(error as Error).message}`;
      }
    },
    onReceiveStatus: (answer) => {
      if (answer.code !== status.OK) return done(answer);
      if (reply) return done(answer, reply);
      done({ ...answer, code: status.INTERNAL, details: unreadable ?? "no reply came with the status OK" });
    },
  });
  started.sendMessageWithContext({}, call.method.requestSerialize(call.message));
  started.startRead();
  started.halfClose();
  return () => started.cancelWithStatus(status.CANCELLED, "the caller gave it up");
}
