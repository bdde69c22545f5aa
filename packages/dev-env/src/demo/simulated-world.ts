import type { Simulators } from "../system/simulators.ts";
import type { World } from "./world.ts";

const QUEUE = "support";

/** The simulators of this process. */
export function simulatedWorld(simulators: Simulators): World {
  return {
    async placeCall(tenant, from) {
      const pbx = simulators.pbx.get(tenant);
      if (!pbx) throw new Error(`there is no simulated exchange for ${tenant}`);
      const call = pbx.placeCall({ from, queue: QUEUE });
      return {
        ring: async (extension) => call.ring(extension),
        answer: async (extension) => call.answer(extension),
        hold: async () => call.hold(),
        unhold: async () => call.unhold(),
        transfer: async (extension) => call.transfer(extension),
        hangUp: async (by) => call.hangup(by),
      };
    },
    sms: async () => simulators.sms(),
    mails: async () => simulators.mails(),
  };
}
