import { describe, expect, it } from "@jest/globals";
import { DomainError, isDomainError, toDomainError, unless } from "./domain-error.ts";

describe("a domain error", () => {
  it("holds kind, code, text and details, and is an Error with a stack", () => {
    const error = new DomainError("rule_violated", "request_closed", "a closed request cannot be assigned", { state: "closed" });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "DomainError",
      kind: "rule_violated",
      code: "request_closed",
      message: "a closed request cannot be assigned",
      details: { state: "closed" },
    });
    expect(error.stack).toContain("domain-error.test.ts");
    expect(Object.hasOwn(error, "cause")).toBe(false);
    expect(new DomainError("invalid", "field_invalid", "x").details).toEqual({});
  });
});

describe("anything thrown", () => {
  it("stays what it is when it is one of ours", () => {
    const error = new DomainError("not_found", "call_not_found", "there is no such call");
    expect(toDomainError(error)).toBe(error);
    expect(isDomainError(error)).toBe(true);
  });

  it.each([new TypeError("x is not a function"), "text", undefined, null, { kind: "invalid", code: "lookalike" }])(
    "else is an internal error without its text, and keeps it as the cause (%p)",
    (thrown) => {
      const error = toDomainError(thrown);
      expect(isDomainError(thrown)).toBe(false);
      expect(error).toMatchObject({ kind: "internal", code: "internal_error", message: "internal error; the log has its cause" });
      expect(error.cause).toBe(thrown);
    },
  );
});

describe("a failure that is none here", () => {
  it("is passed over by its code, and everything else is thrown again as it is", async () => {
    const pass = unless("call_not_found", "line_moved");
    expect(pass(new DomainError("not_found", "call_not_found", "x"))).toBeUndefined();
    const again = async (error: unknown) => Promise.reject(error).catch(pass);
    for (const error of [new DomainError("not_found", "request_not_found", "x"), new TypeError("x"), { code: "call_not_found" }])
      await expect(again(error)).rejects.toBe(error);
  });
});
