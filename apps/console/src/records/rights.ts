import { permissionsOf } from "@trunkline/auth/permissions";

/** Adds fields to kinds. */
export const setsKinds = (roles: readonly string[]): boolean => permissionsOf(roles).has("record.settings");
