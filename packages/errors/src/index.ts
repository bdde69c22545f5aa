export { type DomainErrorDetails, DomainError, type ErrorKind, isDomainError, toDomainError } from "./domain-error.ts";
