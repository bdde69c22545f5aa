import { type Clock, inParallel, type Logger, repeat } from "@trunkline/runtime";
import type { Exchange } from "../../domain/line.ts";
import type { PbxFact, QueueMember } from "../../facts/facts.ts";
import type { Stores } from "../../stores/open-stores.ts";
import type { AmiAction } from "./encode.ts";

type Parts = Pick<Stores, "sessions" | "agents"> & { readonly now: Clock; readonly log: Logger };
type Member = Pick<QueueMember, "queue" | "extension" | "interface" | "paused">;
/** By extension: what the agent's mode asks for. */
type Wanted = ReadonlyMap<string, { readonly paused: boolean; readonly reason: string }>;

export type Correction = { readonly interface: string; readonly paused: boolean; readonly reason: string };

const EVERY_MS = 1_000;
/** Modes that were set just now may come out of order. */
const OVERLAP_MS = 10_000;
const REFUSED_MS = 30_000;
const ORDERS_AT_ONCE = 8;

/** Phones that are paused on the exchange and should not be, or the other way round; one order a phone, for all of its queues. */
export function corrections(members: Iterable<Member>, wanted: Wanted): Correction[] {
  const found = new Map<string, Correction>();
  for (const { extension, interface: address, paused } of members) {
    const want = wanted.get(extension);
    if (want && want.paused !== paused) found.set(address, { interface: address, ...want });
  }
  return [...found.values()];
}

/**
 * An exchange that distributes must not ring who is not ready: each agent's mode becomes their phone's pause in its queues, and
 * is set right again after a cut. The mode is the truth; agents who never set one are left as the exchange has them.
 */
export function queuePauses(
  { sessions, agents, now, log }: Parts,
  { id, tenant }: Exchange,
  send: (action: AmiAction) => Promise<unknown>,
): { take(facts: readonly PbxFact[]): void } & AsyncDisposable {
  const members = new Map<string, Member>();
  const wanted = new Map<string, { paused: boolean; reason: string }>();
  /** Phones that the exchange would not pause, and until when it is not asked again. */
  const refused = new Map<string, number>();
  const place = ({ queue, interface: address }: Pick<Member, "queue" | "interface">) => `${queue} ${address}`;
  let since = 0;
  const round = async () => {
    const from = now() - OVERLAP_MS;
    for (const { id: employeeId, mode, reason } of await sessions.modesSince(tenant, since)) {
      const extension = agents.agent(tenant, employeeId)?.extension;
      if (extension) wanted.set(extension, { paused: mode !== "ready", reason: reason || mode });
    }
    since = from;
    const due = corrections(members.values(), wanted).filter((one) => (refused.get(one.interface) ?? 0) <= now());
    await inParallel(due, ORDERS_AT_ONCE, (one) => order(one).catch((error: unknown) => refuse(one, error)));
  };
  const order = async ({ interface: address, paused, reason }: Correction) => {
    await send({ Action: "QueuePause", Interface: address, Paused: String(paused), Reason: reason });
    refused.delete(address);
    // The exchange tells of it as well; until then it must not be asked again.
    for (const [name, member] of members) if (member.interface === address) members.set(name, { ...member, paused });
  };
  /** One phone that the exchange will not pause keeps none of the others waiting. */
  const refuse = ({ interface: address }: Correction, error: unknown) => {
    if (!refused.has(address))
      log.warn({ err: error, connector: id, interface: address }, "a phone could not be paused; it is tried again");
    refused.set(address, now() + REFUSED_MS);
  };
  const rounds = repeat({ what: `pausing agents on ${id}`, everyMs: EVERY_MS, work: round, log, restFirst: true });
  return {
    take(facts) {
      for (const fact of facts) {
        if (fact.kind === "member_changed") members.set(place(fact), fact);
        else if (fact.kind === "member_removed") members.delete(place(fact));
        else if (fact.kind === "snapshot") {
          members.clear();
          refused.clear();
          for (const member of fact.members) members.set(place(member), member);
        }
      }
    },
    [Symbol.asyncDispose]: () => rounds[Symbol.asyncDispose](),
  };
}
