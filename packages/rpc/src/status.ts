import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AnySchema, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { DomainError, type ErrorKind, toDomainError } from "@trunkline/errors";
import { ErrorInfoSchema, StatusSchema } from "@trunkline/proto";

const DETAILS = "grpc-status-details-bin";
/** In characters: many peers refuse more than 8 KiB of trailers, and a character takes up to 9 bytes there, twice. */
const LONGEST_MESSAGE = 300;
const LONGEST_DETAIL = 100;

/** One table, read both ways. */
const CODES: Record<ErrorKind, status> = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  rule_violated: status.FAILED_PRECONDITION,
  conflict: status.ABORTED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
};
const KINDS = new Map(Object.entries(CODES).map(([kind, code]) => [code, kind as ErrorKind]));

/** Any error as a gRPC status with google.rpc.ErrorInfo; text in any language is safe there, in plain metadata it throws. */
export function toServiceStatus(thrown: unknown): StatusObject {
  const error = toDomainError(thrown);
  const metadata = Object.fromEntries(Object.entries(error.details).map(([key, value]) => [key, shorten(String(value), LONGEST_DETAIL)]));
  const info = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason: error.code, domain: "trunkline", metadata }));
  const any = create(AnySchema, { typeUrl: `type.googleapis.com/${ErrorInfoSchema.typeName}`, value: info });
  const code = CODES[error.kind];
  const message = shorten(error.message, LONGEST_MESSAGE);
  const carried = new Metadata();
  carried.set(DETAILS, Buffer.from(toBinary(StatusSchema, create(StatusSchema, { code, message, details: [any] }))));
  return { code, details: message, metadata: carried };
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The peer's answer as the DomainError it threw; an answer without details keeps its kind under a code of ours. */
export function fromStatus(answer: StatusObject): DomainError {
  return sentError(answer) ?? transportError(answer);
}

function sentError(answer: StatusObject): DomainError | undefined {
  const [raw] = answer.metadata?.get(DETAILS) ?? [];
  if (!(raw instanceof Uint8Array)) return undefined;
  try {
    const sent = fromBinary(StatusSchema, raw);
    const info = sent.details[0] && anyUnpack(sent.details[0], ErrorInfoSchema);
    return info && new DomainError(KINDS.get(answer.code) ?? "internal", info.reason, sent.message, info.metadata);
  } catch {
    // Not one of ours: a proxy between may put there what it likes.
    return undefined;
  }
}

/** Our text in place of the library's, which names addresses; that stays as the cause, for the log. */
function transportError(answer: StatusObject): DomainError {
  const [kind, code, message] = TRANSPORT[answer.code] ?? INTERNAL;
  return new DomainError(kind, code, message, {}, new Error(`${status[answer.code]}: ${answer.details}`));
}

const INTERNAL: readonly [ErrorKind, string, string] = ["internal", "internal_error", "internal error; the log has its cause"];
const TRANSPORT: Readonly<Record<number, readonly [ErrorKind, string, string]>> = {
  [status.UNAVAILABLE]: ["unavailable", "peer_unavailable", "a service cannot be reached: try again shortly"],
  // Who is asked for what it does not know yet is an older release: a roll-out is under way.
  [status.UNIMPLEMENTED]: ["unavailable", "method_unknown", "a service does not know this call yet: try again when the roll-out is over"],
  [status.DEADLINE_EXCEEDED]: ["deadline_exceeded", "deadline_exceeded", "there was no answer in time: try again"],
  [status.CANCELLED]: ["cancelled", "cancelled", "the call was given up"],
  [status.UNAUTHENTICATED]: ["unauthenticated", "token_invalid", "the token was not accepted: log in for a new one"],
  [status.PERMISSION_DENIED]: ["forbidden", "permission_denied", "this needs a permission that you do not have"],
  [status.RESOURCE_EXHAUSTED]: ["exhausted", "message_too_large", "the message is too large: send or ask for less at once"],
};
