import type { KafkaMessage } from "kafkajs";
import type { RawMessage } from "../subscription.ts";
import type { LogMessage } from "../transport.ts";

type Message = Pick<KafkaMessage, "key" | "value" | "offset"> & { readonly headers?: KafkaMessage["headers"] | undefined };

export function toRaw({ key, value, headers }: Message): RawMessage {
  const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, each]) => [name, String(each)]));
  return { key: key?.toString("utf8") ?? "", value: value ?? Buffer.alloc(0), headers: texts };
}

/** Headers are made texts only where somebody wants the event. */
export function toLogMessage(message: Message): LogMessage {
  return {
    offset: Number(message.offset),
    key: message.key?.toString() ?? "",
    type: message.headers?.["ce_type"]?.toString(),
    read: () => toRaw(message),
  };
}
