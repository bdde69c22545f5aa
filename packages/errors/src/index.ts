export { DomainError, type DomainErrorDetails, type ErrorKind, isDomainError, toDomainError } from "./domain-error.ts";
