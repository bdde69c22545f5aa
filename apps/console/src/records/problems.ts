import { ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "@trunkline/proto";
import { errorCode } from "../api/error-text.ts";
import type { Texts } from "../texts/i18n.ts";

/** What is wrong with each field, as the server says it of a record that it refused. */
export function problemsOf(text: Texts, thrown: unknown): ReadonlyMap<string, string> {
  if (!thrown) return new Map();
  const details = ConnectError.from(thrown).findDetails(ErrorInfoSchema)[0]?.metadata ?? {};
  if (errorCode(thrown) === "record_invalid")
    return new Map(Object.entries(details).map(([field, problem]) => [field, text.code("problem", problem)]));
  if (errorCode(thrown) !== "action_needs_fields") return new Map();
  return new Map((details["fields"] ?? "").split(",").map((field) => [field, text("problem.value_missing")]));
}
