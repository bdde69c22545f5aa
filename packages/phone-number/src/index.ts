export { isWithheld, normalizeNumber, subscriberOf } from "./phone-number.ts";
