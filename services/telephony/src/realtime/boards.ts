import { type Repeated, repeat } from "@trunkline/runtime";
import { type BoardContext, openTenantBoard, type SendPaced, type TenantBoard } from "./tenant-board.ts";

export type Boards = {
  /** Sends the tenant's board now, in parts, and from then on what changes; gives the way to end that. */
  watch(tenant: string, send: SendPaced): () => void;
} & AsyncDisposable;

const EVERY_MS = 1_000;

type Watched = { readonly board: TenantBoard; readonly looking: Repeated };

/** The boards that somebody watches here; of the others nothing is read and nothing kept. */
export function openBoards(context: BoardContext): Boards {
  const tenants = new Map<string, Watched>();
  const closing = new Set<Promise<void>>();
  const open = (tenant: string): Watched => {
    const board = openTenantBoard(context, tenant);
    const watched = { board, looking: repeat({ what: "looking at a board", everyMs: EVERY_MS, work: board.look, log: context.log }) };
    tenants.set(tenant, watched);
    return watched;
  };
  const close = (tenant: string, { board, looking }: Watched) => {
    tenants.delete(tenant);
    board[Symbol.dispose]();
    const closed = Promise.resolve(looking[Symbol.asyncDispose]()).finally(() => closing.delete(closed));
    closing.add(closed);
  };
  return {
    watch(tenant, send) {
      const watched = tenants.get(tenant) ?? open(tenant);
      const stop = watched.board.watch(send);
      return () => {
        stop();
        if (watched.board.watchers() === 0 && tenants.get(tenant) === watched) close(tenant, watched);
      };
    },
    async [Symbol.asyncDispose]() {
      for (const [tenant, watched] of tenants) close(tenant, watched);
      await Promise.all(closing);
    },
  };
}
