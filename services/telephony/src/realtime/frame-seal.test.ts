import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { frameSeal } from "./frame-seal.ts";

const SECRET = "a-number-hash-key";
const { seal, open } = frameSeal(SECRET);
const FRAME = '{"type":"pop","caller":{"number":"+8613900000001","name":"王伟"}}';

describe("a sealed frame", () => {
  it("is opened by every instance with the secret, and says nothing to anybody else", () => {
    fc.assert(fc.property(fc.string(), (text) => frameSeal(SECRET).open(seal(text, "t1/e1"), "t1/e1") === text));
    const sealed = seal(FRAME, "t1/e1");
    expect(Buffer.from(sealed, "base64").includes("13900000001") || sealed.includes("13900000001")).toBe(false);
    expect(seal(FRAME, "t1/e1")).not.toBe(sealed);
  });

  it("is not opened with another secret, in another's mailbox, or with a bit changed", () => {
    const sealed = seal(FRAME, "t1/e1");
    expect(frameSeal("another-secret-of-theirs").open(sealed, "t1/e1")).toBeUndefined();
    expect(open(sealed, "t1/e2")).toBeUndefined();
    for (const broken of ["", "AAAA", FRAME, `${sealed.slice(0, 20)}${sealed[20] === "A" ? "B" : "A"}${sealed.slice(21)}`])
      expect(open(broken, "t1/e1")).toBeUndefined();
  });
});
