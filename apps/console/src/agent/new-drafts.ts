export type NewFields = Record<"kind" | "name" | "phone" | "email" | "address", string>;
/** A customer who was begun and is not saved. The id is that of the call they were begun for, or one of their own. */
export type NewDraft = { readonly id: string; readonly requestId: string; readonly fields: NewFields };

/** What the form begins with: the caller's number, and what was looked for and not found. */
export function firstFields(number: string, wanted: string): NewFields {
  const isNumber = /^[+\d][\d\s()-]*$/.test(wanted);
  return { kind: "person", name: isNumber ? "" : wanted, phone: number || (isNumber ? wanted : ""), email: "", address: "" };
}

/** Nobody begins so many: a bound of what is stored. */
const MOST = 20;

/** The drafts after a change of one; it is none where nothing but what it began with stands in it. The last one changed is the last. */
export function withFields(drafts: readonly NewDraft[], changed: NewDraft, first: NewFields): readonly NewDraft[] {
  const { id, fields } = changed;
  const known = drafts.find((draft) => draft.id === id);
  const rest = drafts.filter((draft) => draft !== known);
  const isEmpty = (["name", "phone", "email", "address"] as const).every((key) => fields[key].trim() === first[key]);
  // One try, one id: sent again it makes no second customer.
  return isEmpty ? rest : [...rest, { ...changed, requestId: known?.requestId ?? changed.requestId }].slice(-MOST);
}

/** What is shown where nothing else is: the call's own, without a call the one begun last. */
export const resumed = (drafts: readonly NewDraft[], callId: string): NewDraft | undefined =>
  callId === "" ? drafts.at(-1) : drafts.find(({ id }) => id === callId);
