/** What the demo does outside the product: telephones, and what the SMS centre and the mail server were handed. */
export type World = {
  /** A real exchange, whose phones cannot be told what to do: calls come one after the other, to one phone. */
  readonly external?: { readonly answerMs: number };
  /** @param holdMs how long the caller stays; only a real exchange must know it beforehand */
  placeCall(tenant: string, from: string, holdMs?: number): Promise<WorldCall>;
  /** On the exchange where Trunkline itself chooses whose phone rings: `ring` does nothing there. */
  placeRoutedCall(tenant: string, from: string, queue: string): Promise<WorldCall>;
  /** What the exchange's clock says from now on, where that can be set; undefined: what time it is. */
  setClock?(tenant: string, at: number | undefined): void;
  sms(): Promise<readonly ReceivedSms[]>;
  mails(): Promise<readonly ReceivedMail[]>;
};

export type ReceivedSms = { readonly destination: string; readonly text: string };
export type ReceivedMail = { readonly to: string; readonly subject: string };

/** A caller on the line; each verb happens at once. */
export type WorldCall = {
  ring(extension: string): Promise<void>;
  answer(extension: string): Promise<void>;
  hold(): Promise<void>;
  unhold(): Promise<void>;
  transfer(extension: string): Promise<void>;
  hangUp(by: "caller" | "agent"): Promise<void>;
};
export const CALL_VERBS = ["ring", "answer", "hold", "unhold", "transfer", "hangUp"] as const;
