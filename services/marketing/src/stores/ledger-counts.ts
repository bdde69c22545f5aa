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

/** By index keys alone, so that a batch of millions is counted too; what is in doubt is little, and has an index of its own. */
export function mongoLedgerCounts({ connection }: Mongo): LedgerCounts {
  return async (tenant, batchId) => {
    const messages = connection.collection("messages");
    const [groups, doubts] = await Promise.all([
      messages
        .aggregate<{ _id: MessageState; n: number }>([{ $match: { tenant, batchId } }, { $group: { _id: "$state", n: { $sum: 1 } } }], {
          maxTimeMS: 10_000,
          hint: { tenant: 1, batchId: 1, state: 1, _id: 1 },
        })
        .toArray(),
      messages
        .aggregate<{ n: number }>([{ $match: { tenant, doubtIn: batchId } }, { $group: { _id: null, n: { $sum: "$inDoubt" } } }], {
          maxTimeMS: 10_000,
        })
        .toArray(),
    ]);
    return { ...sum(groups.map(({ _id, n }) => ({ state: _id, n, inDoubt: 0 }))), inDoubt: doubts[0]?.n ?? 0 };
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
