export { allows, type Principal } from "./principal.ts";
export { permissionsOf, type Role, ROLES, SERVICE_REACH } from "./permissions.ts";
export { createServiceToken, createTokenSigner, createTokenVerifier, generateKeys, type TokenSigner, type TokenVerifier } from "./tokens.ts";
