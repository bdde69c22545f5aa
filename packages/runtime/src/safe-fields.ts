const MASK = "***";
/**
 * Names of fields that identify a person or open a door, in lower case without underscores; tests/personal-fields.test.ts
 * compares them with the contracts.
 */
const MASKED = new Set([
  ...[
    "name",
    "phone",
    "phones",
    "number",
    "callernumber",
    "normalizednumber",
    "email",
    "emails",
    "address",
    "site",
    "login",
    "signer",
    "searchtext",
  ],
  ...["subject", "summary", "description", "comment", "note", "resolution", "variables", "image", "text", "body"],
  ...[
    "password",
    "oldpassword",
    "newpassword",
    "device",
    "secret",
    "token",
    "accesstoken",
    "usertoken",
    "authorization",
    "cookie",
    "apikey",
    "privatekey",
    "servicekey",
  ],
]);
/** An address, a number with its country code, a Chinese mobile, and the values of a unique index that two records claim. */
const PERSONAL = /[^\s<>"'@]+@[^\s<>"'@]+\.[^\s<>"'@,;)]+|(?<!\w)(?:\+\d{7,15}|1[3-9]\d{9})(?!\w)|(?<=dup key: )\{.*?\}/g;

const DEEPEST = 5;
const MOST_ITEMS = 50;
const LONGEST = 4_000;

/** The fields of a log line as they may be written: masked, and bounded in depth, width and length. */
export function safeFields(fields: object): Record<string, unknown> {
  return safe(fields, 0) as Record<string, unknown>;
}

function safe(value: unknown, depth: number): unknown {
  if (typeof value === "string") return scrub(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "…";
  if (value instanceof Error) return safeError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => safe(item, depth + 1));
  const entries = Object.entries("toJSON" in value && typeof value.toJSON === "function" ? (value.toJSON() as object) : value);
  return Object.fromEntries(
    entries
      .slice(0, MOST_ITEMS)
      .map(([key, item]) => [key, MASKED.has(key.toLowerCase().replaceAll("_", "")) ? MASK : safe(item, depth + 1)]),
  );
}

/** Not its other properties: drivers hang whole commands and addressees on their errors. */
function safeError(error: Error, depth: number): object {
  const { code, kind, details } = error as { code?: unknown; kind?: unknown; details?: unknown };
  return {
    type: error.name,
    message: scrub(error.message),
    ...(code === undefined ? {} : { code: safe(code, depth + 1) }),
    ...(kind === undefined ? {} : { kind: safe(kind, depth + 1) }),
    ...(typeof details === "object" ? { details: safe(details, depth + 1) } : {}),
    stack: scrub(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: safe(error.cause, depth + 1) }),
  };
}

function scrub(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(PERSONAL, MASK);
}
