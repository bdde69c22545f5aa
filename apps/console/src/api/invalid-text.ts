import type { Texts } from "../texts/i18n.ts";
import type { TextKey } from "../texts/zh-cn.ts";

/** What the contract says of a field that is not valid, and how a person says it; named parts are the numbers in it. */
const RULES: readonly (readonly [RegExp, TextKey])[] = [
  [/is required$|at least 1 characters$|must show something$|cannot be changed so$/, "invalid.required"],
  [/at least (?<least>\d+) characters$/, "invalid.short"],
  [/at most (?<most>\d+) (characters|bytes)$/, "invalid.long"],
  [/no more than (?<most>\d+) item/, "invalid.many"],
  [/valid email address$/, "invalid.email"],
  [/greater than or equal to (?<least>-?[\d.]+) and less than or equal to (?<most>-?[\d.]+)$/, "invalid.range"],
  [/greater than or equal to (?<least>-?[\d.]+)$/, "invalid.least"],
  [/less than or equal to (?<most>-?[\d.]+)$/, "invalid.most"],
  [/cannot be seen$/, "invalid.unseen"],
  [/regex pattern|in list|in the allow list/, "invalid.form"],
];

/** By what a form calls the field; first by its whole path, then by its own name. */
const LABELS: Readonly<Record<string, TextKey>> = {
  "queue.name": "queues.name",
  queue_id: "queues.id",
  name: "customer.name",
  phones: "customer.phone",
  emails: "customer.email",
  address: "customer.address",
  tags: "customer.tags",
  alerts: "customer.alertsField",
  product: "asset.product",
  serial: "asset.serial",
  site: "asset.site",
  subject: "request.subject",
  description: "request.description",
  note: "calls.notes",
  disposition: "wrapUp.disposition",
  login: "staff.login",
  extension: "staff.extension",
  department_id: "staff.departmentId",
  search_text: "search.label",
};

/** A refusal as `emails.0: must be a valid email address`, in the reader's words. */
export function invalidText(text: Texts, message: string): string {
  const [path = "", ...rest] = message.split(": ");
  const why = rest.join(": ");
  // A mask names the field in its reason.
  const named = path === "update_mask" ? (why.split(" ")[0] ?? "") : path.replace(/\.\d+(?=\.|$)/g, "");
  const label = LABELS[named] ?? LABELS[named.split(".").at(-1) ?? ""];
  const field = label ? text(label) : named;
  for (const [rule, key] of RULES) {
    const found = rule.exec(why);
    if (found) return text(key, { field, ...found.groups });
  }
  return text("error.field_invalid", { field });
}
