import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";

const YEAR_MS = 366 * 86_400_000;

/** @returns [from, to) in epoch milliseconds. @throws invalid range_invalid */
export function rangeOf(request: { readonly from: Timestamp; readonly to: Timestamp }) {
  const [from, to] = [timestampMs(request.from), timestampMs(request.to)];
  if (from >= to || to - from > YEAR_MS) throw new DomainError("invalid", "range_invalid", "from must lie before to, at most 366 days");
  return { from, to };
}
