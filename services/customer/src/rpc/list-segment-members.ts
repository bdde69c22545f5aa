import { DomainError } from "@trunkline/errors";
import type { SegmentService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./customer-message.ts";

export function listSegmentMembers({ segments, customers }: Context): Handlers<typeof SegmentService>["listSegmentMembers"] {
  return async ({ segmentId, pageSize, pageToken }, { tenant, principal }) => {
    const segment = await segments.find(tenant, segmentId);
    if (!segment) throw new DomainError("not_found", "segment_not_found", "there is no such segment");
    const page = await customers.pageBySegment(tenant, segment.filter, pageSize, pageToken);
    return { members: page.items.map((customer) => toMessage(customer, principal)), nextPageToken: page.nextToken };
  };
}
