import { type DescMessage, type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";

/** How grpc-js sees one method of the contract: raw bytes in, messages out. */
export function methodDefinition(method: DescMethod): MethodDefinition<Message, Message> {
  const serialize = (schema: DescMessage) => (message: Message) => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const deserialize = (schema: DescMessage) => (bytes: Buffer) => fromBinary(schema, bytes);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: method.methodKind === "server_streaming",
    requestSerialize: serialize(method.input),
    requestDeserialize: deserialize(method.input),
    responseSerialize: serialize(method.output),
    responseDeserialize: deserialize(method.output),
  };
}

/** What a request is when its bytes could not be read; grpc-js itself would answer that with an internal error. */
export const MALFORMED: unique symbol = Symbol("malformed");

/** A request as a server's handler gets it. */
export type Unread = Message | typeof MALFORMED;

/** The same for a server, where bytes that are no such message reach the handler as MALFORMED. */
export function servedDefinition(method: DescMethod): MethodDefinition<Unread, Message> {
  const requestDeserialize = (bytes: Buffer) => {
    try {
      return fromBinary(method.input, bytes);
    } catch {
      return MALFORMED;
    }
  };
  return { ...methodDefinition(method), requestSerialize: () => Buffer.alloc(0), requestDeserialize };
}
