import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export type ErrorCode = { readonly code: string; readonly kind: string; readonly message: string };

function sources(): string[] {
  const folders = ["packages", "services"].flatMap((top) => readdirSync(`${ROOT}${top}`).map((name) => `${ROOT}${top}/${name}/src`));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !/\.(test|contract|fake)\.ts$|test-support/.test(entry.name))
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")),
  );
}

const TEXT = '(?:"((?:[^"\\\\]|\\\\.)*)"|`((?:[^`\\\\]|\\\\.)*)`)';
const THROWN = new RegExp(`new DomainError\\(\\s*"([a-z_]+)",\\s*"([a-z_]+)",\\s*(?:${TEXT})?`, "g");

/** Every stable code that the code base can answer with; a store's noun gives two more. */
export function errorCodes(): ErrorCode[] {
  const found = new Map<string, ErrorCode>();
  for (const text of sources()) {
    for (const [, kind = "", code = "", plain, template] of text.matchAll(THROWN)) {
      const message = (plain ?? template ?? "").replaceAll(/\$\{[^}]*\}/g, "...").replaceAll("|", "/");
      if (!found.has(code) || found.get(code)?.message === "") found.set(code, { code, kind, message });
    }
    for (const [, noun = ""] of text.matchAll(/^\s*noun: "([a-z_]+)"/gm)) {
      found.set(`${noun}_not_found`, { code: `${noun}_not_found`, kind: "not_found", message: `there is no such ${noun}` });
      found.set(`${noun}_exists`, {
        code: `${noun}_exists`,
        kind: "already_exists",
        message: `this ${noun} exists already, or another one has the same key`,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

export const ERRORS_PAGE = `${ROOT}docs/reference/errors.md`;

export function errorsPage(): string {
  const rows = errorCodes().map(({ code, kind, message }) => `| \`${code}\` | ${kind} | ${message} |`);
  return `# Error codes

Every refusal carries one of these codes: in gRPC as google.rpc.ErrorInfo (\`reason\`) in grpc-status-details-bin, over HTTP
in the \`trunkline-code\` header and in \`details\`. Clients translate by code. What is not foreseen is \`internal_error\`,
its cause only in the log. The kind decides the status: see packages/rpc/src/status.ts and services/gateway/src/http/connect-error.ts.
The gateway's own JSON layer answers \`invalid_argument\` (unknown field, unreadable JSON), \`resource_exhausted\` (body too
large) and \`unimplemented\` (no such method). Made by \`node tests/write-errors.ts\`; a test holds it to the code.

| code | kind | message |
| --- | --- | --- |
${rows.join("\n")}
`;
}
