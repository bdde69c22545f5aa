import { EXCHANGE_QUEUE } from "../seed/demo-floor.ts";
import type { Simulators } from "../system/simulators.ts";
import type { World } from "./world.ts";

/** The simulators of this process. */
export function simulatedWorld(simulators: Simulators): World {
  return {
    async placeCall(tenant, from) {
      const pbx = simulators.pbx.get(tenant);
      if (!pbx) throw new Error(`there is no simulated exchange for ${tenant}`);
      const call = pbx.placeCall({ from, queue: EXCHANGE_QUEUE });
      return {
        ring: async (extension) => call.ring(extension),
        answer: async (extension) => call.answer(extension),
        hold: async () => call.hold(),
        unhold: async () => call.unhold(),
        transfer: async (extension) => call.transfer(extension),
        hangUp: async (by) => call.hangup(by),
      };
    },
    async placeRoutedCall(tenant, from, queue) {
      const exchange = simulators.ari.get(tenant);
      if (!exchange) throw new Error(`there is no simulated exchange for ${tenant} on which Trunkline distributes`);
      const caller = exchange.call(from, queue);
      if (caller.id === "") throw new Error("Trunkline is not connected to this exchange just now: try again in a moment");
      /** Whoever answered. */
      let phone: ReturnType<typeof exchange.phone> | undefined;
      return {
        ring: async () => undefined,
        answer: async (extension) => {
          // Whoever's phone was rung last, where nobody is named.
          const ringing = exchange.witness().findLast(({ kind }) => kind === "rings");
          phone = exchange.phone(extension || (ringing && "extension" in ringing ? ringing.extension : ""));
          phone.answer();
        },
        hold: async () => phone?.hold(),
        unhold: async () => phone?.unhold(),
        transfer: async () => Promise.reject(new Error("hand it on in the console: here Trunkline does it")),
        hangUp: async (by) => (by === "agent" ? phone?.hangUp() : caller.hangUp()),
      };
    },
    setClock: (tenant, at) => simulators.pbx.get(tenant)?.setClock(at),
    sms: async () => simulators.sms(),
    mails: async () => simulators.mails(),
  };
}
