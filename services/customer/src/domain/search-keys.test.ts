import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fits, keyOf, searched, searchKeys } from "./search-keys.ts";

const wang = { name: "王伟", phones: ["+8613900001000"] };
const found = (query: string, customer: typeof wang) => {
  const wanted = searched(query);
  return wanted !== undefined && searchKeys(customer).includes(keyOf(wanted)) && fits(wanted, customer);
};

describe("a customer is found", () => {
  it.each(["1000", "00001000", "+8613900001000", "139 0000 1000", "王", "王伟", "wang", "wangwei", "WangW", "ww", "Wang Wei"])(
    "by %s",
    (query) => expect(found(query, wang)).toBe(true),
  );
  it.each(["100", "2000", "990001000", "伟", "wei", "王伟强", "wangweiqiang", ""])("not by %s", (query) =>
    expect(found(query, wang)).toBe(false),
  );

  it("by a surname's own reading, and by a Latin name or a company's", () => {
    expect(found("shanxin", { name: "单欣", phones: [] })).toBe(true);
    expect(found("o'ne", { name: "O'Neill", phones: [] })).toBe(true);
    expect(found("北京华星", { name: "北京华星空调有限公司", phones: [] })).toBe(true);
    expect(found("bjhx", { name: "北京华星空调有限公司", phones: [] })).toBe(true);
  });

  it("by every beginning of its name, however long", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[一-龥]{1,20}$/), fc.integer({ min: 1, max: 20 }), (name, length) =>
        found(name.slice(0, length), { name, phones: [] }),
      ),
    );
  });
});
