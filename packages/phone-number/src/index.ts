export { normalizeNumber } from "./phone-number.ts";
