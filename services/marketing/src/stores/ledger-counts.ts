import type { MessageState } from "../domain/message.ts";
import type { MessageStore } from "./message-store.ts";

export type Counts = {
  readonly byState: Readonly<Partial<Record<MessageState, number>>>;
  /** The states together. */
  readonly total: number;
  /** Attempts that may have doubled a message. */
  readonly inDoubt: number;
};

/**
 * How many recipients of a batch are in which state, counted from the ledger at each question: nothing can drift. By index keys alone, so that
 * a batch of millions is counted too; what is in doubt is little, and has an index of its own.
 */
export async function countLedger(
  { messages }: { readonly messages: Pick<MessageStore, "group"> },
  tenant: string,
  batchId: string,
): Promise<Counts> {
  const [states, doubts] = await Promise.all([
    messages.group(tenant, { batchId }, "state"),
    messages.group(tenant, { doubtIn: batchId }, "doubtIn", "inDoubt"),
  ]);
  return {
    byState: Object.fromEntries(states.map(({ value, count }) => [value, count])),
    total: states.reduce((total, { count }) => total + count, 0),
    inDoubt: doubts[0]?.sum ?? 0,
  };
}
