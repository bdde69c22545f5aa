import { describe, expect, it } from "@jest/globals";
import { isDomainError } from "@trunkline/errors";
import fc from "fast-check";
import type { SignedRequest } from "../../domain/line.ts";
import { webhookKey } from "../../webhook-key.ts";
import { checkSignature, signature } from "./signature.ts";

const NOW = 1_795_332_840_000;
const KEY = webhookKey(`whsec_${Buffer.alloc(24, 7).toString("base64")}`);
const OTHER = webhookKey(`whsec_${Buffer.alloc(32, 9).toString("base64")}`);

function request(body: string, at = NOW, key = KEY, id = "msg_1"): SignedRequest {
  const head = { id, timestamp: String(Math.floor(at / 1000)), body: Buffer.from(body) };
  return { ...head, signature: signature(key, head) };
}

function codeOf(one: SignedRequest, keys = [KEY], now = NOW): string {
  try {
    checkSignature(one, keys, now);
    return "";
  } catch (error) {
    return isDomainError(error) ? error.code : String(error);
  }
}

/** One byte of one part is another one, or is gone, or is there twice. */
function mutated(one: SignedRequest, part: "id" | "timestamp" | "signature" | "body", place: number, how: number): SignedRequest {
  const bytes = Buffer.from(one[part]);
  const at = place % Math.max(1, bytes.length);
  const rest = how % 3 === 0 ? [bytes.subarray(0, at), Buffer.from([(bytes[at] ?? 0) ^ (1 + (how % 255))]), bytes.subarray(at + 1)] : [];
  const less = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  const twice = [bytes.subarray(0, at + 1), bytes.subarray(at)];
  const changed = Buffer.concat(how % 3 === 0 ? rest : how % 3 === 1 ? less : twice);
  return { ...one, [part]: part === "body" ? changed : changed.toString("latin1") };
}

describe("the signature of what an exchange posts", () => {
  it("is the one of the Standard Webhooks convention", () => {
    const key = webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const head = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: Buffer.from('{"test": 2432232314}') };
    expect(signature(key, head)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("lets nothing through that was changed, and everything that was not: 10,000 tries", () => {
    const part = fc.constantFrom("id", "timestamp", "signature", "body");
    fc.assert(
      fc.property(fc.string(), part, fc.nat(1000), fc.nat(1000), (body, which, place, how) => {
        const one = request(body);
        const other = mutated(one, which as "id", place, how);
        const same = Buffer.compare(Buffer.from(other[which as "id"]), Buffer.from(one[which as "id"])) === 0;
        return codeOf(one) === "" && (same || codeOf(other) !== "");
      }),
      { numRuns: 10_000 },
    );
  });

  it("is good for five minutes, however right it is", () => {
    expect([codeOf(request("x", NOW - 300_000)), codeOf(request("x", NOW + 300_000))]).toEqual(["", ""]);
    expect([codeOf(request("x", NOW - 301_000)), codeOf(request("x", NOW + 301_000))]).toEqual(Array(2).fill("webhook_timestamp_invalid"));
  });

  it("may be of either key while keys are changed, and of the old one no more afterwards", () => {
    const byOld = request("x", NOW, OTHER);
    const byBoth = { ...byOld, signature: `${request("x").signature} ${byOld.signature}` };
    expect([codeOf(byOld, [KEY, OTHER]), codeOf(byBoth, [KEY]), codeOf(byBoth, [OTHER])]).toEqual(["", "", ""]);
    expect(codeOf(byOld, [KEY])).toBe("webhook_signature_invalid");
  });

  it("needs a secret that is one", () => {
    for (const secret of [
      "",
      "whsec_",
      "whsec_short",
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_not base64 at all, but long enough to be",
    ])
      expect(() => webhookKey(secret)).toThrow("whsec_");
  });
});
