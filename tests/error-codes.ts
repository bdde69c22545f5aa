import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export type ErrorCode = { readonly code: string; readonly kind: string; readonly message: string };
type Source = { readonly path: string; readonly text: string };

/** Everything that may answer a caller: no tests, nor what only tests stand on. */
function sources(): Source[] {
  const folders = ["packages", "services"].flatMap((top) => readdirSync(`${ROOT}${top}`).map((name) => `${top}/${name}/src`));
  return folders.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(test|contract|fake)\.ts$|test-support|^testing\.ts$/.test(entry.name),
      )
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .sort()
      .map((path) => ({ path: path.slice(ROOT.length), text: readFileSync(path, "utf8") })),
  );
}

const KIND =
  "invalid|unauthenticated|forbidden|not_found|already_exists|rule_violated|conflict|deadline_exceeded|cancelled|exhausted|unavailable|internal";
const TEXT = '(?:"((?:[^"\\\\]|\\\\.)*)"|`((?:[^`\\\\]|\\\\.)*)`)';
const THROWN = new RegExp(`new DomainError\\(\\s*"(${KIND})",\\s*"([a-z_]+)",\\s*(?:${TEXT})?`, "g");
/** A row of a table, as in packages/rpc/src/status.ts. */
const ROW = new RegExp(`\\[\\s*"(${KIND})",\\s*"([a-z_]+)",\\s*${TEXT},?\\s*\\]`, "g");
/** A file's own helper, of one kind, that is given code and message. */
const HELPER = new RegExp(`function (\\w+)\\(code: string,[^)]*\\)[^{]*\\{\\s*return new DomainError\\("(${KIND})", code,`, "g");

function codesIn(text: string): ErrorCode[] {
  const entry = (kind: string, code: string, plain?: string, template?: string): ErrorCode => {
    const message = (plain ?? template ?? "").replaceAll(/\$\{[^}]*\}/g, "...").replaceAll("|", "/");
    return { code, kind, message };
  };
  const literal = [THROWN, ROW].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, kind = "", code = "", a, b]) => entry(kind, code, a, b)),
  );
  const helped = [...text.matchAll(HELPER)].flatMap(([, name, kind = ""]) => {
    const call = new RegExp(`\\b${name}\\(\\s*"([a-z_]+)",\\s*(?:${TEXT})?`, "g");
    return [...text.matchAll(call)].map(([, code = "", a, b]) => entry(kind, code, a, b));
  });
  const nouns = [...text.matchAll(/^\s*noun: "([a-z_]+)"/gm)].flatMap(([, noun]) => [
    entry("not_found", `${noun}_not_found`, `there is no such ${noun}`),
    entry("already_exists", `${noun}_exists`, `this ${noun} exists already, or another one has the same key`),
  ]);
  return [...literal, ...helped, ...nouns];
}

/** Every stable code that the code base can answer with; a store's noun gives two. */
export function errorCodes(): ErrorCode[] {
  const found = new Map<string, ErrorCode>();
  for (const each of sources().flatMap(({ text }) => codesIn(text))) {
    if ((found.get(each.code)?.message ?? "") === "") found.set(each.code, each);
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Codes that stand for more than one kind: a client could not rely on them. */
export function ambiguousCodes(): string[] {
  const kinds = new Map<string, Set<string>>();
  for (const { code, kind } of sources().flatMap(({ text }) => codesIn(text))) kinds.set(code, (kinds.get(code) ?? new Set()).add(kind));
  return [...kinds].filter(([, of]) => of.size > 1).map(([code, of]) => `${code}: ${[...of].join(", ")}`);
}

/** Files that make errors whose codes this page cannot see, with how many. */
export function hiddenCodes(): Record<string, number> {
  const counts = sources().map(({ path, text }) => {
    const made = text.match(/new DomainError\(/g)?.length ?? 0;
    const seen = [...text.matchAll(THROWN)].length + [...text.matchAll(HELPER)].length;
    const ofNoun = text.match(/new DomainError\(\s*"(not_found|already_exists)",\s*`\$\{[a-z.]*noun\}_(not_found|exists)`/g)?.length ?? 0;
    return [path, made - seen - ofNoun] as const;
  });
  return Object.fromEntries(counts.filter(([, hidden]) => hidden !== 0));
}

export const ERRORS_PAGE = `${ROOT}docs/reference/errors.md`;

export function errorsPage(): string {
  const rows = errorCodes().map(({ code, kind, message }) => `| \`${code}\` | ${kind} | ${message} |`);
  return `# Error codes

Every refusal carries one of these codes: in gRPC as google.rpc.ErrorInfo (\`reason\`) in grpc-status-details-bin, over HTTP
in the \`trunkline-code\` header and in \`details\`. Clients translate by code. What is not foreseen is \`internal_error\`,
its cause only in the log. The kind decides the status: see packages/rpc/src/status.ts and services/gateway/src/http/connect-error.ts.
The gateway's own JSON layer answers \`invalid_argument\` (unknown field, unreadable JSON), \`resource_exhausted\` (body too
large) and \`unimplemented\` (no such method; the gateway answers \`not_found\`). A dead letter carries its code (\`npm run dlq\`); \`key_parked\` stands
there for an event that only follows an earlier one of its key. Made by \`node tests/write-reference.ts\`; a test holds it to the code.

| code | kind | message |
| --- | --- | --- |
${rows.join("\n")}
`;
}
