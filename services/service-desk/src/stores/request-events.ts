import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { RequestEventSchema } from "@trunkline/proto/service-desk";
import type { RequestEvent } from "../domain/request.ts";

type Message = MessageInitShape<typeof RequestEventSchema>;

/** Domain event to message; nothing in it tells who the customer is beyond their id. */
export function encodeRequestEvent(event: RequestEvent): NonNullable<Message["event"]> {
  switch (event.type) {
    case "opened":
      return { case: "opened", value: event.request };
    case "assigned":
    case "accepted":
      return { case: event.type, value: { ownerId: event.ownerId } };
    case "escalated":
      return {
        case: "escalated",
        value: { fromLevel: event.fromLevel, toLevel: event.toLevel, ownerId: event.ownerId, reason: event.reason },
      };
    case "targetMissed":
      return { case: "targetMissed", value: { target: event.target, dueAt: timestampFromMs(event.dueAt) } };
    case "resolved":
      return { case: "resolved", value: { ownerId: event.ownerId, customerId: event.customerId, type: event.requestType } };
    case "customerLinked": {
      const { customerId, previousCustomerId, requestType, priority } = event;
      return { case: "customerLinked", value: { customerId, previousCustomerId, type: requestType, priority } };
    }
    case "workOrderAdded":
      return { case: "workOrderAdded", value: { workOrderId: event.workOrderId } };
  }
}
