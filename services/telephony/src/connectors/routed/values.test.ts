import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { requestOf } from "../ari/orders.ts";
import { eventsUrl } from "../ari/session.ts";
import { callerIdOf, endpointOf, keyOf, legChannel, legOf, refOf } from "./values.ts";

function codeOf(work: () => unknown): string {
  try {
    return `no error: ${String(work())}`;
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
}

describe("values of the REST interface", () => {
  it("dials by the administrator's template only", () => {
    expect(endpointOf("PJSIP/agent{extension}", "{extension}", "1001")).toBe("PJSIP/agent1001");
    expect(endpointOf("PJSIP/{number}@trunk", "{number}", "13700137000")).toBe("PJSIP/13700137000@trunk");
    for (const template of ["PJSIP/agent", "{extension}", "PJSIP/{extension}\r\n", "PJSIP/{extension}&SIP/1"]) {
      expect(codeOf(() => endpointOf(template, "{extension}", "1001"))).toBe("pbx_endpoint_invalid");
    }
  });

  it("shows the caller on the agent's phone, with nothing that could end the quotes", () => {
    expect(callerIdOf({ callerNumber: "13800138000", callerName: "Li" })).toBe('"Li" <13800138000>');
    expect(callerIdOf({ callerNumber: "", callerName: "" })).toBe('"" <anonymous>');
    expect(callerIdOf({ callerNumber: "'><1&", callerName: 'a"<b>\\\r\nc' })).toBe('"abc" <1>');
  });

  it("reads from the id of a channel of ours what it is for", () => {
    const ref = refOf("1795332833.0");
    const id = { role: "a", ref, extension: "1001", id: "0190f5a2-7b3c-7def-8a01-23456789abcd" } as const;
    expect(legOf(legChannel(id))).toEqual(id);
    expect(legChannel({ ...id, extension: "1".repeat(32), id: "x".repeat(64) }).length).toBeLessThanOrEqual(149);
    expect([legOf("1795332833.0"), legOf("tl-x.y"), legOf(`${legChannel(id)}\n`)]).toEqual([undefined, undefined, undefined]);
    expect(ref).toMatch(/^[\w-]{16}$/);
  });

  it("keys a call by the seconds in its channel's id, and by the channel's making where there are none", () => {
    expect(keyOf({ id: "1795332833.0", createdAt: 7 })).toEqual({ startedAt: 1_795_332_833_000, linkedid: "1795332833.0" });
    expect(keyOf({ id: "pbx7-1795332833.12", createdAt: 7 })).toMatchObject({ startedAt: 1_795_332_833_000 });
    expect(keyOf({ id: "dialer-abc", createdAt: 1234 })).toEqual({ startedAt: 1234, linkedid: "dialer-abc" });
  });

  it("puts neither secret nor anything unescaped into an address", () => {
    expect(eventsUrl("http://pbx:8088/ari/", "trunk line&x")).toBe("ws://pbx:8088/ari/events?app=trunk%20line%26x&subscribeAll=false");
    expect(eventsUrl("https://pbx/ari", "t")).toMatch(/^wss:\/\/pbx\/ari\/events/);
    const order = { do: "hang_up", call: "x", channel: "a/../b?c\r\n", reason: "normal" } as const;
    expect(requestOf("trunkline", order)).toEqual({ method: "DELETE", path: "/channels/a%2F..%2Fb%3Fc%0D%0A?reason=normal" });
    expect(requestOf("trunkline", { do: "ask", call: "x", channel: "y", offerId: "z" })).toBeUndefined();
  });
});
