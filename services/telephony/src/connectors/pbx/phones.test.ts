import { describe, expect, it } from "@jest/globals";
import { extensionOf, memberExtension, offerEndOfHangup } from "./phones.ts";

describe("phones as exchanges name them", () => {
  it("finds the extension in every way that an agent is named", () => {
    const named = {
      "Agent/1001": "1001",
      "PJSIP/agent1001": "1001",
      "PJSIP/agent1001-0000002a": "1001",
      "PJSIP/1001-000000af": "1001",
      "SIP/alice": "alice",
      "Local/1001@agents/n": "1001",
      "Local/1001@agents-00000001;2": "1001",
      "PJSIP/13900139000@trunk": "13900139000",
      "": "",
      "Local/1001@pbx01": "1001",
      "Local/1001@queue-agents-22": "1001",
      "Local/1001@ctx-12345678": "1001",
      "Local/1001@queue-agents-22-0000002a;1": "1001",
      "SIP/1001@10.0.0.12": "1001",
      "IAX2/1001@10.0.0.77": "1001",
      "IAX2/1001-5234": "1001",
      "IAX2/1001-77": "1001",
      "IAX2/1001": "1001",
      "IAX2/office-1001": "1001",
      "IAX2/office-1001-5234": "1001",
      "DAHDI/32-1": "32",
      "DAHDI/i1/32-1": "32",
      "DAHDI/i1/02161234567-2f": "02161234567",
      "DAHDI/g2/32": "32",
      "Zap/32-1": "32",
      "PJSIP/1001/sip:1001@10.0.0.9:5060": "1001",
      "PJSIP/agent1001/sip:x@10.0.0.22": "1001",
      "SIP/1001@host-22": "1001",
      "AsyncGoto/PJSIP/agent1001-0000002a": "1001",
      "1001": "1001",
      "1001@pbx01": "1001",
    };
    for (const [address, extension] of Object.entries(named)) expect([address, extensionOf(address)]).toEqual([address, extension]);
    expect(memberExtension("Agent/1001", "PJSIP/x9999")).toBe("1001");
    expect(memberExtension("Zhang Wei", "PJSIP/agent1002")).toBe("1002");
    expect(memberExtension("PJSIP/agent1003", "PJSIP/agent1003")).toBe("1003");
    for (const same of ["Local/1001@pbx01", "Local/1001@queue-agents-22", "SIP/1001@10.0.0.12", "IAX2/1001@10.0.0.77"])
      expect([same, memberExtension(same, same)]).toEqual([same, "1001"]);
    expect(memberExtension("Zhang Wei 1004", "SIP/x")).toBe("1004");
    expect(memberExtension("zhang@10.0.0.22", "SIP/1005")).toBe("1005");
  });

  it("knows why a phone stopped ringing", () => {
    expect(offerEndOfHangup(17, true, true)).toBe("busy");
    expect(offerEndOfHangup(21, true, true)).toBe("rejected");
    expect(offerEndOfHangup(0, true, true)).toBe("no_answer");
    expect(offerEndOfHangup(0, false, true)).toBe("unavailable");
    expect(offerEndOfHangup(20, true, false)).toBe("unavailable");
    expect(offerEndOfHangup(26, true, false)).toBe("cancelled");
  });
});
