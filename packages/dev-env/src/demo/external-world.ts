import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Simulators } from "../system/simulators.ts";
import type { World } from "./world.ts";

/** From the exchange's answer to the queue: Asterisk waits for the first sound, half a second at most. */
const ENTER_MS = 530;

/**
 * A real exchange: calls are placed by a command in which {from} and {hold} stand for the caller's number and for how long
 * the caller stays, ms. Its phones ring and answer by themselves, so those verbs only wait.
 */
export function externalWorld(dial: string, answerMs: number, simulators: Pick<Simulators, "sms" | "mails">): World {
  return {
    external: { answerMs },
    async placeCall(_tenant, from, holdMs = answerMs + 2_000) {
      const command = dial.replaceAll("{from}", from).replaceAll("{hold}", String(holdMs + ENTER_MS));
      const child = spawn("/bin/sh", ["-c", command], { stdio: "ignore" });
      const over = once(child, "exit");
      return {
        ring: async () => undefined,
        answer: () => delay(answerMs),
        hold: async () => undefined,
        unhold: async () => undefined,
        transfer: async () => undefined,
        hangUp: async () => {
          const [code] = (await over) as [number | null];
          if (code !== 0) throw new Error(`the command that places calls ended with code ${code}: ${command}`);
        },
      };
    },
    placeRoutedCall: async () => Promise.reject(new Error("the real exchange of the demo distributes by itself")),
    sms: async () => simulators.sms(),
    mails: async () => simulators.mails(),
  };
}
