import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AnySchema, anyUnpack } from "@bufbuild/protobuf/wkt";
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import { DomainError, type ErrorKind, toDomainError } from "@trunkline/errors";
import { ErrorInfoSchema, StatusSchema } from "@trunkline/proto";

const DETAILS = "grpc-status-details-bin";

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
  const metadata = Object.fromEntries(Object.entries(error.details).map(([key, value]) => [key, String(value)]));
  const info = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason: error.code, domain: "trunkline", metadata }));
  const any = create(AnySchema, { typeUrl: `type.googleapis.com/${ErrorInfoSchema.typeName}`, value: info });
  const code = CODES[error.kind];
  const carried = new Metadata();
  carried.set(DETAILS, Buffer.from(toBinary(StatusSchema, create(StatusSchema, { code, message: error.message, details: [any] }))));
  return { code, details: error.message, metadata: carried };
}

/** The peer's answer as the DomainError it threw; an answer without details keeps its kind under a code of ours. */
export function fromServiceError(error: ServiceError): DomainError {
  const kind = KINDS.get(error.code) ?? "internal";
  const [raw] = error.metadata?.get(DETAILS) ?? [];
  if (raw instanceof Uint8Array) {
    const sent = fromBinary(StatusSchema, raw);
    const info = sent.details[0] && anyUnpack(sent.details[0], ErrorInfoSchema);
    if (info) return new DomainError(kind, info.reason, sent.message, info.metadata);
  }
  return new DomainError(kind, TRANSPORT_CODES[kind] ?? "internal_error", error.details || error.message);
}

const TRANSPORT_CODES: Partial<Record<ErrorKind, string>> = {
  unavailable: "peer_unavailable",
  deadline_exceeded: "deadline_exceeded",
  cancelled: "cancelled",
  unauthenticated: "token_invalid",
  exhausted: "message_too_large",
};
