import { timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { NO_FILTER, toRequest } from "./call-filter.ts";

describe("what is asked of the calls", () => {
  it("is nothing more than was chosen", () => {
    expect(toRequest({ ...NO_FILTER, queue: "support" })).toEqual({ queue: "support", employeeId: "", outcome: "" });
  });

  it("is a day of the reader, from its midnight to the next", () => {
    const request = toRequest({ ...NO_FILTER, day: "2026-12-31" });
    if (!("from" in request)) throw new Error("no day");
    expect(timestampMs(request.from)).toBe(new Date(2026, 11, 31).getTime());
    expect(timestampMs(request.to)).toBe(new Date(2027, 0, 1).getTime());
  });

  it("is no day where none can be read", () => {
    for (const day of ["", "soon", "2026-", "0000-00-00"]) expect(toRequest({ ...NO_FILTER, day })).not.toHaveProperty("from");
  });
});
