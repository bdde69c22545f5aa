import { DomainError } from "@trunkline/errors";
import type { ListSegmentMembersRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./customer-message.ts";

export async function listSegmentMembers(
  { segments, customers }: Context,
  { segmentId, pageSize, pageToken }: ListSegmentMembersRequest,
  { tenant, principal }: CallContext,
) {
  const segment = await segments.find(tenant, segmentId);
  if (!segment) throw new DomainError("not_found", "segment_not_found", "there is no such segment");
  const page = await customers.pageBySegment(tenant, segment.filter, { pageSize, pageToken });
  return { members: page.items.map((customer) => toMessage(customer, principal)), nextPageToken: page.nextToken };
}
