import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { type Field, FieldSchema } from "@trunkline/proto/records";
import { meant, typed } from "./field-values.ts";

const field = (type: string, more: Partial<Field> = {}) => create(FieldSchema, { name: "f", type, ...more } as never);

describe("what stands in a field", () => {
  it.each<[Field, unknown, string]>([
    [field("text"), "海岸", "海岸"],
    [field("number"), 12.5, "12.5"],
    [field("money"), { minor: 123_450, currency: "CNY" }, "1234.50"],
    [field("money", { currency: "JPY" }), { minor: 1_200, currency: "JPY" }, "1200"],
    [field("date"), "2026-11-30", "2026-11-30"],
    [field("yes_no"), false, "false"],
    [field("phone", { many: 3 }), ["+8613900000001", "+861062345678"], "+8613900000001\n+861062345678"],
    [field("address"), { regionCode: "330203", line: "江东北路 1 号" }, "330203 江东北路 1 号"],
    [field("address"), { regionCode: "", line: "江东北路" }, "江东北路"],
  ])("is read again as it was written: %s", (of, value, text) => {
    expect(typed(of, value)).toBe(text);
    expect(meant(of, text)).toEqual(value);
  });

  it("is the reader's time, to the minute", () => {
    const at = Date.parse("2026-11-30T09:05:00");
    expect(typed(field("instant"), at)).toBe("2026-11-30T09:05");
    expect(meant(field("instant"), "2026-11-30T09:05")).toBe(at);
  });

  it("is empty for nothing, and goes to the server as it is when it is no number", () => {
    expect([typed(field("number"), undefined), meant(field("number"), " "), meant(field("phone", { many: 3 }), " \n;")]).toEqual([
      "",
      null,
      null,
    ]);
    expect([meant(field("number"), "a lot"), meant(field("number"), "1,200"), meant(field("instant"), "soon")]).toEqual([
      "a lot",
      1_200,
      "soon",
    ]);
  });
});
