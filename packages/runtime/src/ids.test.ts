import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { contentId, newId } from "./ids.ts";

const UUID = (version: number) => new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

describe("a new id", () => {
  it("is a UUIDv7 that sorts by its time", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 47), fc.nat(2 ** 47), (a, b) => {
        const [first, second] = [newId(a), newId(b)];
        expect(first).toMatch(UUID(7));
        expect(Number.parseInt(first.replaceAll("-", "").slice(0, 12), 16)).toBe(a);
        if (a < b) expect(first < second).toBe(true);
      }),
    );
  });

  it("is never given twice", () => {
    const ids = Array.from({ length: 50_000 }, () => newId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(50_000);
  });
});

describe("an id made of what it names", () => {
  it("is the same for the same parts, in every release", () => {
    expect(contentId("t1", "call", "17")).toBe("4d55a2f8-93c8-510e-9f7f-65a8194422ce");
    expect(contentId("t1", "call", "17")).toMatch(UUID(5));
  });

  it("is another one for other parts, also where they run together", () => {
    const parts = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(contentId(...a) === contentId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect(contentId("ab", "c")).not.toBe(contentId("a", "bc"));
    expect(contentId("a", "")).not.toBe(contentId("a"));
  });
});
