import { fromBinary } from "@bufbuild/protobuf";
import { readTopic } from "@trunkline/dev-env";
import type { Kafka } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";

/** Acknowledgements of a call's pops, as telephony published them. */
export async function shownPops(kafka: Kafka, topic: string, callId: string): Promise<{ readonly employeeId: string }[]> {
  const events = (await readTopic(kafka, topic)).map(({ value }) => fromBinary(CallEventSchema, value ?? new Uint8Array()));
  return events.flatMap(({ callId: of, event }) => (of === callId && event.case === "popShown" ? [event.value] : []));
}
