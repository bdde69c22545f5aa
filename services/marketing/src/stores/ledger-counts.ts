import type { Mongo } from "@trunkline/mongo";
import type { MessageState } from "../domain/message.ts";
import type { MessageStore } from "./message-store.ts";

export type Counts = {
  readonly byState: Readonly<Partial<Record<MessageState, number>>>;
  /** The states together. */
  readonly total: number;
  /** Attempts that may have doubled a message. */
  readonly inDoubt: number;
};

/** How many recipients of a batch are in which state, counted from the ledger at each question: nothing can drift. */
export type LedgerCounts = (tenant: string, batchId: string) => Promise<Counts>;

type Row = { readonly state: MessageState; readonly n: number; readonly inDoubt: number };
const PAGE = 200;

/** One indexed aggregation in the database. */
export function mongoLedgerCounts({ connection }: Mongo): LedgerCounts {
  return async (tenant, batchId) => {
    const groups = await connection
      .collection("messages")
      .aggregate<{ _id: MessageState; n: number; inDoubt: number }>(
        [{ $match: { tenant, batchId } }, { $group: { _id: "$state", n: { $sum: 1 }, inDoubt: { $sum: "$inDoubt" } } }],
        { maxTimeMS: 10_000 },
      )
      .toArray();
    return sum(groups.map(({ _id, n, inDoubt }) => ({ state: _id, n, inDoubt })));
  };
}

/** Page by page through the store: for the memory backend. */
export function pagedLedgerCounts(messages: Pick<MessageStore, "recipients">): LedgerCounts {
  return async (tenant, batchId) => {
    const rows: Row[] = [];
    let token = "";
    do {
      const page = await messages.recipients(tenant, { batchId, state: "" }, PAGE, token);
      rows.push(...page.items.map(({ state, inDoubt }) => ({ state, n: 1, inDoubt })));
      token = page.nextToken;
    } while (token !== "");
    return sum(rows);
  };
}

function sum(rows: readonly Row[]): Counts {
  const byState: Partial<Record<MessageState, number>> = {};
  for (const { state, n } of rows) byState[state] = (byState[state] ?? 0) + n;
  return { byState, total: rows.reduce((total, { n }) => total + n, 0), inDoubt: rows.reduce((total, row) => total + row.inDoubt, 0) };
}
