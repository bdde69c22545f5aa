import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ListCallsRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import { type Filter, given, inOrder, newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./call-message.ts";

export async function listCalls({ calls, connectors }: Context, request: ListCallsRequest, { tenant, principal }: CallContext) {
  const asked = request.outcome === "waiting" ? inOrder : newestFirst;
  const page = await calls.page(tenant, filterOf(tenant, request), asked("queuedAt", request));
  return { calls: page.items.map((call) => toMessage(connectors, call, principal)), nextPageToken: page.nextToken };
}

/** What is not asked for is left out. */
function filterOf(tenant: string, { queue, employeeId, outcome, from, to }: ListCallsRequest): Filter {
  const came = { $gte: from ? timestampMs(from) : 0, $lt: to ? timestampMs(to) : Number.MAX_SAFE_INTEGER };
  return {
    ...given({ queue, employeeId }),
    ...(outcome === "" ? {} : outcome === "waiting" ? { waits: tenant } : { outcome: outcome === "open" ? "" : outcome }),
    ...(from || to ? { queuedAt: came } : {}),
  };
}
