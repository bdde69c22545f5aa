import { CONTACT_DETAILS, permissionsOf } from "@trunkline/auth/permissions";

/** Numbers and addresses come whole; who gets them masked cannot tell whether a customer has one already. */
export const seesContactDetails = (roles: readonly string[]): boolean => permissionsOf(roles).has(CONTACT_DETAILS);

/** Finds a customer by a part of their number. */
export const findsByNumber = (roles: readonly string[]): boolean => permissionsOf(roles).has("customer.identify");
