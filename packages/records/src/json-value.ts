import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";

/** Values travel as google.protobuf.Value; undefined is null. */
export const asValue = (json: unknown): Value => fromJson(ValueSchema, (json ?? null) as JsonValue);
export const jsonOf = (value: Value): unknown => toJson(ValueSchema, value);

/** A map of the contract as plain values. */
export const plainMap = (map: Readonly<Record<string, Value>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, jsonOf(value)]));
