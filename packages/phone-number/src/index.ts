export { isMobileNumber } from "./mobile-number.ts";
export { isWithheld, normalizeNumber, subscriberOf } from "./phone-number.ts";
