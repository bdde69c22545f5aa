import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fits, keyOf, searched, searchKeys } from "./search-keys.ts";

const wang = { name: "王伟", phones: ["+8613900001000"] };
const found = (query: string, customer: typeof wang) => {
  return searched(query).some(
    (wanted) => (wanted.by === "number" || searchKeys(customer).includes(keyOf(wanted))) && fits(wanted, customer),
  );
};

describe("a customer is found", () => {
  it.each(["1000", "00001000", "+8613900001000", "139 0000 1000", "王", "王伟", "wang", "wangwei", "WangW", "ww", "Wang Wei"])(
    "by %s",
    (query) => expect(found(query, wang)).toBe(true),
  );
  it.each(["100", "2000", "990001000", "伟", "wei", "王伟强", "wangweiqiang", ""])("not by %s", (query) =>
    expect(found(query, wang)).toBe(false),
  );

  it.each([
    [
      "+861062345678",
      "010-62345678",
      "01062345678",
      "(010)62345678",
      "（010）62345678",
      "010/62345678",
      "010 6234 5678",
      "86-010-62345678",
    ],
    ["+861062345678", "6234-5678", "6234 5678", "62345678", "5678", "tel:+861062345678", "０１０－６２３４５６７８"],
    ["+8613912345678", "013912345678", "008613912345678", "\u202d13912345678\u202c", "86 139 1234 5678", "139‑1234‑5678", "1234 5678"],
  ])("by %s however it is typed", (stored, ...queries) => {
    for (const query of queries) expect([query, found(query, { name: "王伟", phones: [stored] })]).toEqual([query, true]);
  });

  it.each([
    ["吕布", "lv", "lvbu", "LV BU", "lyu", "lyubu", "lu", "lü", "lǚ bù", "lb", "吕"],
    ["女士", "nv", "nü", "nu", "nyushi", "nvshi", "ns"],
    ["略阳", "lve", "lue", "lveyang"],
    [
      "阿卜杜拉·热合曼",
      "阿卜杜拉·热合曼",
      "阿卜杜拉•热合曼",
      "阿卜杜拉・热合曼",
      "阿卜杜拉‧热合曼",
      "阿卜杜拉⋅热合曼",
      "阿卜杜拉･热",
      "阿卜杜拉热合曼",
    ],
    ["阿卜杜拉•热合曼", "阿卜杜拉·热合曼", "abdlrhm"],
    ["王\u200b伟", "王伟", "wangwei"],
    ["\u202e王伟", "王伟"],
    ["360公司", "360", "360公", "360gongsi"],
    ["8848公司", "8848", "8848gs"],
    ["O’Neill", "O'Neill", "oneill"],
    ["José Müller", "jose", "Jose Mvller"],
    ["王伟（北京）", "王伟北京", "王伟(北"],
  ])("as %s by each way to type it", (name, ...queries) => {
    for (const query of queries) expect([query, found(query, { name, phones: [] })]).toEqual([query, true]);
  });

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
