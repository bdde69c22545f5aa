import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";
import type { Response } from "express";
import { toConnectError } from "./connect-error.ts";

/** A refusal outside the Connect API, in the same form as inside it. */
export function sendError(response: Response, thrown: unknown): void {
  const error = toConnectError(thrown);
  error.metadata.forEach((value, name) => void response.set(name, value));
  response.status(codeToHttpStatus(error.code)).json(errorToJson(error, undefined));
}
