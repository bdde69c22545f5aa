import { fromBinary } from "@bufbuild/protobuf";
import { readTopic } from "@trunkline/dev-env";
import type { Transport } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";

/** Acknowledgements of a call's pops, as telephony published them. */
export async function shownPops(transport: Transport, topic: string, callId: string): Promise<{ readonly employeeId: string }[]> {
  const events = (await readTopic(transport, topic)).map(({ value }) => fromBinary(CallEventSchema, value ?? new Uint8Array()));
  return events.flatMap(({ callId: of, event }) => (of === callId && event.case === "popShown" ? [event.value] : []));
}
