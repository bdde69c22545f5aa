import { unless } from "@trunkline/errors";
import { on, type Subscription, topic } from "@trunkline/events";
import { CallbackTaskEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { type Mailbox, mailboxOfAll } from "../realtime/mailbox.ts";

/** As often desktops read the tasks by themselves: of what is older than that they need no word. */
const OLD_MS = 300_000;

/** The desktops of the tenant are told to read the callback tasks again. A word that is lost is not repeated. */
export function onCallbackTaskEvent({ now }: Pick<Context, "now">, mailbox: Pick<Mailbox, "put">): Subscription {
  return on(topic("service_desk.callback_task", CallbackTaskEventSchema), async ({ id, sequence, scope, at }) => {
    if (at < now() - OLD_MS) return;
    const hint = { type: "callbacks_changed", key: `callbacks:${id}`, revision: sequence } as const;
    await mailbox.put(mailboxOfAll(scope.tenant), hint).catch(unless("mailbox_unavailable"));
  });
}
