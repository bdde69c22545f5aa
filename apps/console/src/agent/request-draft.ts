/** Whom it is about, as the screen shows it. */
export type About = { readonly customerId: string; readonly callId: string; readonly number: string };
export type Fields = Record<"type" | "priority" | "subject" | "description" | "queueId", string>;
/** What was begun, and for whom; it never passes to somebody else by itself. */
export type Draft = { readonly about: About; readonly requestId: string; readonly fields: Fields; readonly kept: boolean };

export const noFields: Fields = { type: "repair", priority: "normal", subject: "", description: "", queueId: "" };
/** A type or a queue alone says nothing of a customer. */
const isEmpty = ({ subject, description }: Fields) => subject.trim() === "" && description.trim() === "";
const isSame = (a: About, b: About) => a.customerId === b.customerId && (a.customerId !== "" || a.callId === b.callId);

/** The draft after a change of its fields; emptied it belongs to nobody. */
export function typed(draft: Draft | undefined, fields: Fields, about: About, requestId: string): Draft | undefined {
  if (isEmpty(fields)) return undefined;
  return draft ? { ...draft, fields } : { about, requestId, fields, kept: false };
}

/** Whom the draft is for; one that was begun for a caller whom nobody knew goes with that call to the customer whom it is linked to. */
export function meant(draft: Draft | undefined, about: About): About {
  if (!draft) return about;
  const linked = draft.about.customerId === "" && draft.about.callId !== "" && draft.about.callId === about.callId;
  return linked ? about : draft.about;
}

/** The screen shows somebody else than the draft is for, and the agent has not said yet what is to become of it. */
export const isAstray = (draft: Draft | undefined, about: About): boolean =>
  draft !== undefined && !draft.kept && !isSame(meant(draft, about), about) && (about.customerId !== "" || about.callId !== "");
