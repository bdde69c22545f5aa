export { contactDetailsFor, maskedNumber } from "./masking.ts";
export { CONTACT_DETAILS, dataScopeOf, permissionsOf, ROLES, type Role, SERVICE_REACH, SESSION_WATCH } from "./permissions.ts";
export { allows, type DataScope, type Principal, SESSION_OWN, viewerOf } from "./principal.ts";
export { checkNotEnded, createSessionGuard, type Ended, LONGEST_TOKEN_MS, type SessionGuard, sessionOver } from "./session-guard.ts";
export {
  createServiceToken,
  createTokenSigner,
  createTokenVerifier,
  generateKeys,
  type TokenSigner,
  type TokenVerifier,
} from "./tokens.ts";
