import { type DescField, type DescMessage, getOption, hasOption, ScalarType } from "@bufbuild/protobuf";
import { type FieldRules, field as rulesOf } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { describe, expect, it } from "@jest/globals";
import { CONTRACT_SERVICES } from "./contracts.ts";

/** Of strings: alone, of a list's items, or of a map's keys and values. */
function rulesFor(field: DescField): readonly (FieldRules | undefined)[] {
  const rules = hasOption(field, rulesOf) ? getOption(field, rulesOf) : undefined;
  const type = rules?.type;
  if (field.fieldKind === "list")
    return field.scalar === ScalarType.STRING ? [type?.case === "repeated" ? type.value.items : undefined] : [];
  if (field.fieldKind !== "map") return field.scalar === ScalarType.STRING ? [rules] : [];
  const map = type?.case === "map" ? type.value : undefined;
  return [...(field.mapKey === ScalarType.STRING ? [map?.keys] : []), ...(field.scalar === ScalarType.STRING ? [map?.values] : [])];
}

/** A greatest length, a choice, a known format, or a pattern that ends by itself. */
function isBounded(rules: FieldRules | undefined): boolean {
  if (rules?.type.case !== "string") return false;
  const { maxLen, maxBytes, in: choice, pattern, wellKnown } = rules.type.value;
  const closed = pattern.startsWith("^") && pattern.endsWith("$") && !/(?<!\\)[*+]|,\}/.test(pattern);
  return maxLen > 0n || maxBytes > 0n || choice.length > 0 || wellKnown.case !== undefined || closed;
}

function unbounded(message: DescMessage, seen: Set<string>): string[] {
  if (seen.has(message.typeName) || message.typeName.startsWith("google.")) return [];
  seen.add(message.typeName);
  return message.fields.flatMap((field) => [
    ...(rulesFor(field).every(isBounded) ? [] : [`${message.name}.${field.name}`]),
    ...(field.message ? unbounded(field.message, seen) : []),
  ]);
}

describe("every text of every request", () => {
  it("has a greatest length", () => {
    const seen = new Set<string>();
    const found = CONTRACT_SERVICES.flatMap(({ methods }) => methods.flatMap(({ input }) => unbounded(input, seen)));
    expect(found).toEqual([]);
    expect(seen.size).toBeGreaterThan(60);
  });
});
