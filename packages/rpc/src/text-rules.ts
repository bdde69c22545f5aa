import { type DescField, type DescMessage, getOption, ScalarType } from "@bufbuild/protobuf";
import { Text, text } from "@trunkline/proto";

/** U+FFFD is what bytes that are no UTF-8 were read as. */
const UNSEEN = "\\p{Cs}\\u{200B}\\u{2028}-\\u{202E}\\u{2060}-\\u{2064}\\u{2066}-\\u{2069}\\u{FEFF}\\u{FFF9}-\\u{FFFB}\\u{FFFD}";
const REFUSED = {
  [Text.LINE_UNSPECIFIED]: new RegExp(`[\\p{Cc}${UNSEEN}]`, "u"),
  [Text.LINES]: new RegExp(`[${UNSEEN}]|(?![\\t\\n\\r])\\p{Cc}`, "u"),
};
/** Letters that are blank stand among the others. */
const SHOWS = /[^\p{White_Space}\p{Cf}\p{Cc}\p{Mn}\u115F\u1160\u2800\u3164\uFFA0]/u;

type Checked = { readonly field: DescField; readonly kind: Text };
/** Of each kind of message, the fields that hold text or messages that may. */
const known = new WeakMap<DescMessage, readonly Checked[]>();

/** The first field of a request whose text is not what may be written there, as a path, with the reason; never with the text. */
export function badText(schema: DescMessage, message: object): { readonly path: string; readonly why: string } | undefined {
  for (const { field, kind } of checkedOf(schema)) {
    const value = (message as Record<string, unknown>)[field.localName] ?? inOneof(field, message);
    if (value === undefined) continue;
    for (const [place, one] of placesOf(field, value)) {
      const path = place === "" ? field.name : `${field.name}.${place}`;
      if (typeof one === "string") {
        const why = faultOf(one, kind);
        if (why !== undefined) return { path, why };
      } else if (field.message && typeof one === "object" && one !== null) {
        const inside = badText(field.message, one);
        if (inside) return { path: `${path}.${inside.path}`, why: inside.why };
      }
    }
  }
  return undefined;
}

/** Why this may not be written where text of this kind is asked for. */
export function faultOf(value: string, kind: Text): string | undefined {
  if (value === "" || kind === Text.AS_GIVEN) return undefined;
  if (REFUSED[kind].test(value)) {
    return kind === Text.LINES ? "must hold no characters that cannot be seen" : "must be one line without characters that cannot be seen";
  }
  return SHOWS.test(value) ? undefined : "must show something";
}

function checkedOf(schema: DescMessage): readonly Checked[] {
  const before = known.get(schema);
  if (before) return before;
  const fields = schema.fields.filter((field) => {
    const ours = field.message !== undefined && !field.message.typeName.startsWith("google.");
    return ours || field.scalar === ScalarType.STRING || (field.fieldKind === "map" && field.mapKey === ScalarType.STRING);
  });
  const checked = fields.map((field) => ({ field, kind: getOption(field, text) }));
  known.set(schema, checked);
  return checked;
}

function inOneof(field: DescField, message: object): unknown {
  const chosen = field.oneof && (message as Record<string, { case?: string; value?: unknown }>)[field.oneof.localName];
  return chosen && chosen.case === field.localName ? chosen.value : undefined;
}

/** What the field holds, each with its place in a list or map: keys of maps are text as well, and have no name that could be said. */
function placesOf(field: DescField, value: unknown): readonly (readonly [string, unknown])[] {
  if (field.fieldKind === "list") return (value as unknown[]).map((one, index) => [String(index), one] as const);
  if (field.fieldKind !== "map") return [["", value]];
  return Object.entries(value as object).flatMap(([key, one], index) => [[`${index}`, key] as const, [`${index}`, one] as const]);
}
