import { describe, expect, it } from "@jest/globals";
import { callKeyOf, customerChannel, isCustomer, outboundKey } from "./call-keys.ts";

describe("keys of calls", () => {
  it("reads when a call began from its id, with and without the PBX's name before it", () => {
    expect(callKeyOf("1795308000.42").startedAt).toBe(1_795_308_000_000);
    expect(callKeyOf("pbx-1-1795308000.42").startedAt).toBe(1_795_308_000_000);
    expect(callKeyOf("0192f0c1-our-own-id").startedAt).toBe(0);
    expect(callKeyOf("x".repeat(500)).linkedid).toHaveLength(128);
  });

  it("puts into the id of a call of ours when it began", () => {
    const customer = customerChannel("callback-1", 1_795_332_833_999);
    expect(outboundKey("callback-1", 1_795_332_833_999)).toEqual({ startedAt: 1_795_332_833_000, linkedid: customer });
    expect([isCustomer(customer), isCustomer("1795332833.0"), isCustomer("pbx7-1795332833.0")]).toEqual([true, false, false]);
  });
});
