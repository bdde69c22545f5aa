export { address, choice, date, email, instant, link, longText, money, number, phone, text, yesNo } from "./field.ts";
export { type AnyKind, EVERYTHING, kind, type RecordOf } from "./kind.ts";
export { type LinkTarget, openRecordStores, openRecords } from "./open-records.ts";
export { serveRecords } from "./serve-records.ts";
