import { viewerOf } from "@trunkline/auth";
import type { WorkOrderService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./work-order-message.ts";

export function listWorkOrders({ workOrders }: Context): Handlers<typeof WorkOrderService>["listWorkOrders"] {
  return async ({ pageSize, pageToken, engineerId, state }, { tenant, principal }) => {
    const page = await workOrders.list(tenant, { engineerId, state }, pageSize, pageToken, viewerOf(principal));
    return { workOrders: page.items.map((work) => toMessage({ ...work, candidates: [] })), nextPageToken: page.nextToken };
  };
}
