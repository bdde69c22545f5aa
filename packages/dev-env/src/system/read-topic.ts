import type { RawMessage, Transport } from "@trunkline/events";

/** Everything that stands on a topic now, each partition in its order; `topic` without the transport's prefix. */
export async function readTopic(transport: Pick<Transport, "scan">, topic: string): Promise<RawMessage[]> {
  const found: RawMessage[] = [];
  await transport.scan(topic, (message) => void found.push(message));
  return found;
}
