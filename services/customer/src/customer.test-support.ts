import type { Subscription } from "@trunkline/events";
import { createBus } from "@trunkline/events/memory-bus";
import { asking } from "@trunkline/rpc/asking";
import { memoryBackend } from "@trunkline/store";
import type { Context } from "./context.ts";
import { entrances } from "./service.ts";
import { openStores } from "./stores/open-stores.ts";

/** The service's handlers and the consumers that a test names, in memory. */
export async function openCustomers(now: Context["now"], consumers: (context: Context) => readonly Subscription[] = () => []) {
  const bus = createBus("customer");
  const context: Context = { ...(await openStores(memoryBackend(bus, now))), now };
  bus.subscribe(consumers(context));
  return { bus, context, ask: asking(entrances(context)) };
}
