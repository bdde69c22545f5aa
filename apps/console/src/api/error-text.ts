import { Code, ConnectError } from "@connectrpc/connect";
import type { Texts } from "../texts/i18n.ts";
import { invalidText } from "./invalid-text.ts";

/** The browser knows that there is no network: nothing was sent. */
export class NoNetworkError extends Error {}

/** The product's stable code of a refusal; network when nobody answered, unimplemented when the server is older. */
export function errorCode(thrown: unknown): string {
  if (thrown instanceof NoNetworkError) return "no_network";
  const error = ConnectError.from(thrown);
  const code = error.metadata.get("trunkline-code");
  if (code) return code;
  if (error.code === Code.Unimplemented) return "unimplemented";
  if (error.code === Code.DeadlineExceeded || error.code === Code.Canceled) return "deadline_exceeded";
  if (error.code !== Code.Unknown && error.code !== Code.Unavailable) return Code[error.code];
  return navigator.onLine ? "network" : "no_network";
}

export function errorText(text: Texts, thrown: unknown): string {
  const code = errorCode(thrown);
  // It names a field and its rule in the contract's words.
  if (code === "field_invalid") return invalidText(text, ConnectError.from(thrown).rawMessage);
  const key = `error.${code}`;
  return text.has(key) ? text(key, { message: ConnectError.from(thrown).rawMessage }) : text("error.other", { code });
}

/** Which field a refusal is about, where it names one: the last part of its path, as profile.extension. */
export function fieldOf(thrown: unknown, fields: Readonly<Record<string, string>>): string {
  const code = errorCode(thrown);
  if (code !== "field_invalid") return fields[code] ?? "";
  const [path = ""] = ConnectError.from(thrown).rawMessage.split(":");
  const last = path.split(".").at(-1) ?? "";
  return last.replace(/\[.*$/, "").replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
