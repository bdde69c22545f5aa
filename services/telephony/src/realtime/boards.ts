import type { Board } from "@trunkline/desktop-client";
import { itemsOf } from "@trunkline/mongo";
import { repeat } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import type { AgentSession } from "../domain/agent-session.ts";
import { boardOf } from "./board.ts";

export type Boards = {
  /** Sends the tenant's board now and whenever it has changed; gives the way to end that. */
  watch(tenant: string, send: (text: string) => void): () => void;
} & AsyncDisposable;

const EVERY_MS = 1_000;
const PAGE = 200;
const MOST_AGENTS = 2_000;

type Watched = { readonly senders: Set<(text: string) => void>; last: string };

/** One board a tenant and second, made once and sent to all who watch; while nobody watches nothing is read. */
export function openBoards(context: Context): Boards {
  const tenants = new Map<string, Watched>();
  const look = async (tenant: string, watched: Watched) => {
    const board = JSON.stringify(await read(context, tenant));
    if (board === watched.last) return;
    watched.last = board;
    const text = `{"type":"board","at":${context.now()},${board.slice(1)}`;
    for (const send of watched.senders) send(text);
  };
  const work = async () => {
    for (const [tenant, watched] of tenants)
      await look(tenant, watched).catch((error: unknown) =>
        context.log.warn({ err: error, tenant }, "a board could not be read; it is tried again"),
      );
  };
  const looking = repeat({ what: "looking at boards", everyMs: EVERY_MS, work, log: context.log });
  return {
    watch(tenant, send) {
      const watched = tenants.get(tenant) ?? { senders: new Set(), last: "" };
      tenants.set(tenant, watched);
      watched.senders.add(send);
      // The next round sends to all again: whoever came just now has none yet.
      watched.last = "";
      return () => {
        watched.senders.delete(send);
        if (watched.senders.size === 0) tenants.delete(tenant);
      };
    },
    [Symbol.asyncDispose]: () => looking[Symbol.asyncDispose](),
  };
}

async function read(context: Context, tenant: string): Promise<Omit<Board, "at">> {
  const { sessions, calls, queues, agents, ready } = context;
  const all: AgentSession[] = [];
  const page = (token: string) => sessions.page(tenant, {}, { by: "stateSince", direction: -1, size: PAGE, token });
  for await (const session of itemsOf(page)) if (all.push(session) === MOST_AGENTS) break;
  return boardOf({
    sessions: all,
    extensionOf: (employeeId) => agents.agent(tenant, employeeId)?.extension ?? "",
    ready: await ready.of(tenant),
    queues: queues.all(tenant),
    waiting: await calls.waiting(tenant),
    at: context.now(),
  });
}
