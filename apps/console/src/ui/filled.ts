import type { Texts } from "../texts/i18n.ts";

/** A line that must say something: blanks alone are refused at the field, as the server would. */
export const filled = (text: Texts) => ({ required: true, withAsterisk: false, pattern: ".*\\S.*", title: text("invalid.blank") });
