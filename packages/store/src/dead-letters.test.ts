import { memoryDeadLetters } from "@trunkline/events";
import { deadLettersContract } from "./dead-letters.contract.ts";

deadLettersContract("memory", async () => ({
  deadLetters: async () => memoryDeadLetters(),
  [Symbol.asyncDispose]: async () => undefined,
}));
