import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { WorkOrderEvent } from "../domain/work-order.ts";

type Message = MessageInitShape<typeof WorkOrderEventSchema>;

export function encodeWorkOrderEvent(event: WorkOrderEvent): NonNullable<Message["event"]> {
  switch (event.type) {
    case "dispatched": {
      const { requestId, engineerId, customerId, score, candidates } = event;
      return { case: "dispatched", value: { requestId, engineerId, customerId, score, candidates } };
    }
    case "accepted":
    case "rejected":
    case "started":
      return { case: event.type, value: { engineerId: event.engineerId } };
    case "partLogged":
      return { case: "partLogged", value: { partNumber: event.partNumber, quantity: event.quantity } };
    case "labourLogged":
      return { case: "labourLogged", value: { kind: event.kind, minutes: event.minutes } };
    case "completed":
      return {
        case: "completed",
        value: { requestId: event.requestId, engineerId: event.engineerId, resolveRequest: event.resolveRequest },
      };
  }
}
