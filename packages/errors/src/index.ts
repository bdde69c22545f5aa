export { DomainError, type DomainErrorDetails, type ErrorKind, isDomainError, toDomainError, unless } from "./domain-error.ts";
