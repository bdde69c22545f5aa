import { metrics, trace } from "@opentelemetry/api";
import { CONTACT_DETAILS, maskedNumber } from "@trunkline/auth";
import type { CallAction, CallerView, Frame } from "@trunkline/desktop-client";
import { failpointActive, type Logger } from "@trunkline/runtime";
import type { CallerLookup } from "../clients/caller-lookup.ts";
import type { Call, Offer } from "../domain/call-state.ts";
import type { AgentDirectory } from "../stores/agent-directory.ts";
import type { Mailbox } from "./mailbox.ts";

/** A ring to be shown: what a pop is made of, known before anything is stored. */
export type Ring = Pick<Call, "id" | "connectorId" | "queue" | "callerNumber" | "callerVerdict" | "numberKind" | "direction"> & {
  readonly tenant: string;
  readonly offer: Pick<Offer, "offerId" | "employeeId" | "at">;
  /** The agent has answered: the number need not be masked any more. */
  readonly inHand?: boolean;
};

export type Pops = {
  /**
   * Shows the ring on the agent's desktops, and again when more is known. Never fails: the slow path comes after it. That one
   * asks the mailbox whether the ring is there, because a mailbox may have been emptied since the fast one put it in.
   */
  show(ring: Ring, path?: "fast" | "slow"): Promise<void>;
  /** This agent's role hides callers' numbers until the call is theirs. */
  masks(tenant: string, employeeId: string): boolean;
  /** The agent has the call: the number that was masked is shown whole. */
  reveal(ring: Ring): Promise<void>;
  /** The pop as a snapshot holds it. */
  frameOf(ring: Ring): Promise<Frame>;
};

const REMEMBERED = 20_000;
const failed = metrics
  .getMeter("telephony")
  .createCounter("pop.failed", { description: "pops that the fast path could not put into a mailbox" });

/** After the two revisions of the ring. */
const REVEALED = 3;
type Parts = {
  readonly callers: CallerLookup;
  readonly mailbox: Pick<Mailbox, "put">;
  readonly agents: Pick<AgentDirectory, "access">;
  /** What an agent can have done with a call there. */
  readonly actionsOn: (connectorId: string) => readonly CallAction[];
  readonly log: Logger;
};

export function openPops({ callers, mailbox, agents, actionsOn, log }: Parts): Pops {
  const masks = (tenant: string, employeeId: string) => agents.access(tenant, employeeId)?.permissions.has(CONTACT_DETAILS) !== true;
  const frame = (ring: Ring, view: CallerView, revision: number) => {
    const masked = !ring.inHand && masks(ring.tenant, ring.offer.employeeId);
    return popFrame(ring, masked ? { ...view, number: maskedNumber(view.number) } : view, actionsOn(ring.connectorId), revision);
  };
  const shown = new Set<string>();
  const lookup = ({ id, tenant, callerNumber, numberKind }: Ring) =>
    callers.of({ id, tenant, number: callerNumber, withheld: numberKind !== "known" });
  const show = async (ring: Ring, path: "fast" | "slow" = "fast") => {
    const { employeeId, offerId } = ring.offer;
    if (employeeId === "" || failpointActive("pop.drop") || (path === "fast" && shown.has(offerId))) return;
    shown.add(offerId);
    if (shown.size > REMEMBERED) shown.delete(shown.values().next().value as string);
    const agent = `${ring.tenant}/${employeeId}`;
    const { first, final } = lookup(ring);
    try {
      const view = await first;
      await traced(() => mailbox.put(agent, frame(ring, view, 1)));
      if (view.status !== "pending") return;
      const completed = await final;
      if (completed.status !== "pending") await mailbox.put(agent, frame(ring, completed, 2));
    } catch (error) {
      shown.delete(offerId);
      failed.add(1);
      log.warn({ err: error, callId: ring.id }, "a pop was not delivered; the slow path brings it");
    }
  };
  return {
    show,
    masks,
    reveal: async (ring) => {
      const { tenant, offer } = ring;
      const view = await lookup(ring).first;
      await mailbox.put(`${tenant}/${offer.employeeId}`, frame({ ...ring, inHand: true }, view, REVEALED));
    },
    frameOf: async (ring) => frame(ring, await lookup(ring).first, ring.inHand ? REVEALED : 1),
  };
}

function popFrame(
  { id, queue, offer, callerVerdict, direction }: Ring,
  caller: CallerView,
  actions: readonly CallAction[],
  revision: number,
): Frame {
  const { offerId, at: ringingSince } = offer;
  const verdict = callerVerdict ?? "";
  const key = `pop:${offerId}`;
  const about = { callId: id, offerId, queue, ringingSince, direction } as const;
  return { type: "pop", key, revision, ...about, actions: [...actions], verdict, caller };
}

/** The last span of a call's way to the screen. */
function traced<T>(work: () => Promise<T>): Promise<T> {
  return trace.getTracer("telephony").startActiveSpan("desktop frame", (span) => work().finally(() => span.end()));
}
