import type { CreateSegmentRequestValid } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { createId, requestIdReused } from "@trunkline/store";
import type { Context } from "../context.ts";
import type { Segment } from "../stores/segment-store.ts";

export async function createSegment({ segments, now }: Context, { name, filter }: CreateSegmentRequestValid, call: CallContext) {
  const segmentId = createId(call, now());
  const { grades, anyTags, regionCodes } = filter;
  const wanted = { name, filter: { grades, anyTags, regionCodes } };
  // The id holds the request_id, so a repeat finds the segment that the first try made.
  const segment = await segments.upsert(call.tenant, segmentId, (existing) => (existing ? undefined : wanted));
  if (segment && bodyOf(segment) !== bodyOf(wanted)) throw requestIdReused();
  return { segment: { segmentId, ...wanted } };
}

const bodyOf = ({ name, filter: { grades, anyTags, regionCodes } }: Segment) => JSON.stringify([name, grades, anyTags, regionCodes]);
