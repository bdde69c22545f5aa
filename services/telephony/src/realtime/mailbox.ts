import type { Frame } from "@trunkline/desktop-client";

/** Goes to all desktops of a tenant, which has a mailbox of its own for that: what it names has changed. */
export type Hint = { readonly type: "callbacks_changed"; readonly key: string; readonly revision: number };

/** No agent has this one. */
export const mailboxOfAll = (tenant: string) => `${tenant}/`;

/** A frame with its place in the agent's mailbox. */
export type Numbered = { readonly id: string; readonly frame: string };

export type Tail = { readonly epoch: string; readonly id: string };

/**
 * The last frames of each agent, and the way to every instance that has one of the agent's sockets. A frame's key and
 * revision stand in it once: a second put of the same does nothing.
 * @throws DomainError unavailable mailbox_unavailable
 */
export type Mailbox = {
  put(agent: string, frame: Frame | Hint): Promise<void>;
  /** Frames after this place; undefined when the place is too old or of another epoch: send a snapshot. */
  after(agent: string, place: Tail): Promise<readonly Numbered[] | undefined>;
  tail(agent: string): Promise<Tail>;
  /** How often this instance was cut off so far, and may have missed what others put: its desktops then need a snapshot. */
  check(): Promise<number>;
  /** Calls back for every frame put for the agent, by whichever instance. */
  subscribe(agent: string, receive: (numbered: Numbered) => void): Promise<() => Promise<void>>;
} & AsyncDisposable;

/** Frames kept for each agent, and for how long an idle mailbox is kept. */
export const KEPT = 200;
export const IDLE_SECONDS = 3_600;
