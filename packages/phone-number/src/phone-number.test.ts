import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { isWithheld, normalizeNumber } from "./phone-number.ts";

describe("a caller's number", () => {
  it.each([
    ["13912345678", "+8613912345678"],
    ["+86 139 1234 5678", "+8613912345678"],
    ["8613912345678", "+8613912345678"],
    ["008613912345678", "+8613912345678"],
    ["010-62345678", "+861062345678"],
    ["sip:+8613912345678@pbx.example", "+8613912345678"],
    ["+442079460958", "+442079460958"],
  ])("%s is read as %s", (raw, number) => expect(normalizeNumber(raw)).toBe(number));

  it.each([
    "１３９１２３４５６７８",
    "＋86 13912345678",
    "\u202d+86 139 1234 5678\u202c",
    "\u206813912345678\u2069",
    "\u200e13912345678",
    "\u200f13912345678\u200f",
    "\ufeff13912345678",
    "139\u200b1234\u200b5678",
    "139\u00ad12345678",
    "139\u20601234\u20605678",
    "139‑1234‑5678",
    "139–1234–5678",
    "139—1234—5678",
    "139−1234−5678".replaceAll("−", "﹣"),
    "139\u00a01234\u30005678",
    "(+86) 139 1234 5678",
    "+86 (0)13912345678",
    "013912345678",
    "sips:+8613912345678@carrier.example",
    "SIP:+8613912345678@carrier.example:5060;transport=tls",
    "sip:13912345678;phone-context=+86@carrier.example",
    "<sip:+8613912345678@carrier.example>",
    '"Wang, Wei" <sip:+8613912345678@carrier.example;user=phone>',
    '"10086" <sip:+8613912345678@carrier.example>',
    '"<10086>" <tel:+86-139-1234-5678>;tag=1',
    "王伟 <sip:+8613912345678@carrier.example>",
    "sip:+8613912345678;npdi;rn=+8610@carrier.example",
    "+8613912345678;npdi;rn=+8610",
    "tel:+8613912345678;ext=801",
    "13912345678,,801#".slice(0, -1),
    "13912345678 转 801",
  ])("%j is read as a mobile", (raw) => expect(normalizeNumber(raw)).toBe("+8613912345678"));

  it.each([
    ["（010）62345678", "+861062345678"],
    ["(010)62345678", "+861062345678"],
    ["010/62345678", "+861062345678"],
    ["86-010-62345678", "+861062345678"],
    ["+86 (0)10 6234 5678", "+861062345678"],
    ["+86 010 6234 5678", "+861062345678"],
    ["tel:+86-10-6234-5678;ext=801", "+861062345678"],
    ["010-62345678转801", "+861062345678"],
    ["010-62345678 ext. 801", "+861062345678"],
    ["010-62345678-801", "+861062345678"],
    ["010-8888 9999-8001", "+861088889999"],
    ["0755-8888-1234-6", "+8675588881234"],
    ["0755－88881234", "+8675588881234"],
    ["０７５５—８８８８１２３４", "+8675588881234"],
    ["400-650-1234", "+864006501234"],
  ])("%s is read as %s", (raw, number) => expect(normalizeNumber(raw)).toBe(number));

  it.each([
    "sip:anonymous@anonymous.invalid",
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
    "Anonymous",
    "<unknown>",
    "sip:restricted@carrier.example;user=phone",
    "sip:@carrier.example",
    "",
    "  ",
    "\u200b",
  ])("%j says that the number is not to be seen", (raw) => {
    expect(isWithheld(raw)).toBe(true);
    expect(normalizeNumber(raw)).toBeUndefined();
  });

  it.each(["13912345678", "sip:+8613912345678@anonymous.invalid", "sip:alice@carrier.example", "1001"])("%j does not", (raw) =>
    expect(isWithheld(raw)).toBe(false),
  );

  it("is the same in whatever marks nobody sees, with any dash or space, and behind any name", () => {
    const unseen = fc.constantFrom("", "\u200b", "\u200e", "\u2060", "\u00ad", "\u202d", "\u2068", "\ufeff");
    const between = fc.constantFrom("", " ", "-", "‐", "‑", "–", "—", "－", ".", "\u3000", "\u00a0");
    const around = fc.constantFrom(
      ["", ""],
      ["sip:", "@carrier.example"],
      ["<sip:", ";user=phone>"],
      ['"10010" <tel:', ">"],
      ["tel:", ";ext=7"],
    );
    fc.assert(
      fc.property(
        fc.stringMatching(/^1[38]\d{9}$/),
        fc.array(fc.tuple(unseen, between), { minLength: 11, maxLength: 11 }),
        around,
        (number, marks, wrap) => {
          const spread = [...number].map((digit, n) => `${digit}${marks[n]?.[0]}${n < 10 ? marks[n]?.[1] : ""}`).join("");
          expect(normalizeNumber(`${wrap[0]}${spread}${wrap[1]}`)).toBe(`+86${number}`);
        },
      ),
    );
  });

  it.each(["", "anonymous", "12", "10086x", "1".repeat(200), "139\r\n12345678x", "';--", "+999123"])("%j is no number", (raw) =>
    expect(normalizeNumber(raw)).toBeUndefined(),
  );

  it("of a mainland mobile is what the numbering plan says, for every range that is read without it", () => {
    const ranges = [...Array(100).keys()].map((n) => `1${String(n).padStart(2, "0")}`);
    fc.assert(
      fc.property(
        fc.constantFrom(...ranges),
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.constantFrom("", "86", "+86", "0086"),
        (range, rest, code) => {
          const raw = `${code}${range}${String(rest).padStart(8, "0")}`;
          const planned = parsePhoneNumberFromString(raw.replace(/^00/, "+"), "CN");
          const read = normalizeNumber(raw);
          if (planned?.isValid()) expect(read).toBe(planned.number);
          else expect(read ?? "").not.toMatch(/^\+861/);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is found again from its own normal form, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (raw) => {
        const once = normalizeNumber(raw);
        if (once !== undefined) expect(normalizeNumber(once)).toBe(once);
      }),
    );
  });
});
