// The exchange of bench pop: the simulated PBX in a process of its own, and who was rung for whom.
import { setTimeout as delay } from "node:timers/promises";
import { type PbxSimulator, startPbxSimulator } from "../packages/dev-env/src/pbx/simulator.ts";
import { callers } from "./customers.ts";
import { openLoop } from "./load.ts";
import { nowUs, offer } from "./worker.ts";

export const PBX_USER = { user: "cti", secret: "cti-bench" };
const QUEUE = "support";

/** A ring as it left the exchange; `at` in microseconds of the machine's monotonic clock. */
export type Ring = { readonly extension: string; readonly number: string; readonly at: number };

const RING_MS = 400;
const TALK_MS = 500;

if (import.meta.main) {
  let pbx: PbxSimulator | undefined;
  let members: readonly string[] = [];
  let turn = 0;
  let next = () => "";
  offer({
    async open(extensions: readonly string[], customers: number) {
      members = extensions;
      next = callers(customers, 11);
      pbx = await startPbxSimulator({ users: [PBX_USER], queues: [{ name: QUEUE, members }] });
      return pbx.port;
    },
    clients: () => pbx?.clients() ?? 0,
    /** Calls that ring at once at the next agent, are answered, and end before that agent's next one. */
    async place(perSecond: number, ms: number): Promise<Ring[]> {
      const rings: Ring[] = [];
      await openLoop(perSecond, Math.round((perSecond * ms) / 1000), async () => {
        const extension = members[turn++ % members.length] as string;
        const number = next();
        const call = pbx?.placeCall({ from: number, queue: QUEUE });
        rings.push({ extension, number, at: nowUs() });
        call?.ring(extension);
        await delay(RING_MS);
        call?.answer(extension);
        await delay(TALK_MS);
        call?.hangup("caller");
      });
      return rings;
    },
  });
}

/** Most calls a second that so many agents can take one after the other. */
export function capacity(agents: number): number {
  return (agents * 1000) / (2 * (RING_MS + TALK_MS));
}
