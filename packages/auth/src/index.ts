export { dataScopeOf, permissionsOf, ROLES, type Role, SERVICE_REACH } from "./permissions.ts";
export { allows, type DataScope, type Principal, viewerOf } from "./principal.ts";
export {
  createServiceToken,
  createTokenSigner,
  createTokenVerifier,
  generateKeys,
  type TokenSigner,
  type TokenVerifier,
} from "./tokens.ts";
