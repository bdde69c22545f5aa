import type { Logger } from "@trunkline/runtime";
import { type Mailbox, mailboxOfAll } from "./mailbox.ts";

type Send = (text: string) => void;
type Tenant = { readonly desktops: Set<Send>; readonly leave: () => void };

/** At most one in so long: thousands of desktops read a list each time. */
const EVERY_MS = 15_000;
/** The desktops of a tenant read one after the other, so far apart. */
const APART_MS = 5;
const LONGEST_MS = 10_000;

/** Tells the desktops here that the callback tasks of their tenant have changed, whichever instance heard of it. */
export function openCallbackHints({ subscribe }: Pick<Mailbox, "subscribe">, log: Pick<Logger, "warn">) {
  const tenants = new Map<string, Tenant>();
  const open = (tenant: string): Tenant => {
    const desktops = new Set<Send>();
    const hint = spaced(() => {
      const text = JSON.stringify({ type: "callbacks_changed", withinMs: Math.min(LONGEST_MS, desktops.size * APART_MS) });
      for (const send of desktops) send(text);
    });
    const subscribed = subscribe(mailboxOfAll(tenant), hint.call);
    // One that is missed costs a while: desktops read the tasks by themselves too.
    const failed = (error: unknown) => log.warn({ err: error }, "desktops are not told when callback tasks change");
    subscribed.catch(failed);
    const leave = () => {
      hint.stop();
      subscribed.then((unsubscribe) => unsubscribe()).catch(failed);
    };
    return { desktops, leave };
  };
  return {
    join(tenant: string, send: Send): () => void {
      const known = tenants.get(tenant) ?? open(tenant);
      tenants.set(tenant, known);
      known.desktops.add(send);
      return () => {
        known.desktops.delete(send);
        if (known.desktops.size > 0 || tenants.get(tenant) !== known) return;
        tenants.delete(tenant);
        known.leave();
      };
    },
  };
}

/** At once after a rest, else when the rest is over. */
function spaced(work: () => void): { call(): void; stop(): void } {
  let resting: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const call = () => {
    again = resting !== undefined;
    if (again) return;
    work();
    resting = setTimeout(() => {
      resting = undefined;
      if (again) call();
    }, EVERY_MS);
  };
  return { call, stop: () => clearTimeout(resting) };
}
