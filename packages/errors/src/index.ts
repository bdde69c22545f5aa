export { DomainError, type DomainErrorDetails, type ErrorKind, isDomainError, isForGood, toDomainError, unless } from "./domain-error.ts";
