import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { FieldSchema } from "@trunkline/proto/records";
import { newOwnField, ownFieldOf, toOwnField } from "./own-fields.ts";

const colour = create(FieldSchema, {
  name: "colour",
  label: { zh: "颜色", en: "Colour" },
  type: "choice",
  many: 3,
  search: "name",
  own: true,
  choices: [
    { value: "red", label: { zh: "红", en: "Red" } },
    { value: "blue", label: { zh: "蓝", en: "Blue" } },
  ],
});

describe("a field of one's own in the form", () => {
  it("is saved again as it was, with what the form does not show", () => {
    expect(create(FieldSchema, ownFieldOf(toOwnField(colour), colour))).toEqual(colour);
  });

  it("keeps the choices that there were by their values, and takes new words as their own", () => {
    const { choices } = ownFieldOf({ ...toOwnField(colour), choices: "蓝，绿, 绿" }, colour);
    expect(choices.map(({ value }) => value)).toEqual(["blue", "绿"]);
  });

  it("is named in Chinese where nobody gave it an English name", () => {
    expect(ownFieldOf({ ...newOwnField(), name: " size ", zh: "尺寸" })).toMatchObject({
      name: "size",
      label: { zh: "尺寸", en: "尺寸" },
      choices: [],
    });
  });
});
