import { createId } from "@trunkline/mongo";
import type { SegmentService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export function createSegment({ segments, now }: Context): Handlers<typeof SegmentService>["createSegment"] {
  return async ({ name, filter }, call) => {
    const segmentId = createId(call, now());
    const { grades = [], anyTags = [], regionCodes = [] } = filter ?? {};
    // The id holds the request_id, so a repeat finds the segment that the first try made.
    const segment = await segments.upsert(call.tenant, segmentId, (existing) =>
      existing ? undefined : { name, filter: { grades, anyTags, regionCodes } },
    );
    return { segment: { segmentId, name: segment?.name ?? name, filter: { grades, anyTags, regionCodes } } };
  };
}
