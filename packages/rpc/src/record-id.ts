import { type DescMessage, getOption, type Message, ScalarType } from "@bufbuild/protobuf";
import { retry_id } from "@trunkline/proto";

const LONGEST = 200;

/** The id of the record that a message is about: its first field that is called an id, else that of the first message inside; else empty. */
export function recordIdOf(schema: DescMessage, message: Message): string {
  return ownId(schema, message) || idInside(schema, message);
}

function ownId(schema: DescMessage, message: Message): string {
  const field = schema.fields.find(
    (each) => each.fieldKind === "scalar" && each.scalar === ScalarType.STRING && each.name.endsWith("_id") && !getOption(each, retry_id),
  );
  const value = field && (message as unknown as Record<string, unknown>)[field.localName];
  return typeof value === "string" ? value.slice(0, LONGEST) : "";
}

function idInside(schema: DescMessage, message: Message): string {
  for (const field of schema.fields) {
    if (field.fieldKind !== "message") continue;
    const inside = (message as unknown as Record<string, unknown>)[field.localName];
    const id = inside ? ownId(field.message, inside as Message) : "";
    if (id !== "") return id;
  }
  return "";
}
