import { describe } from "@jest/globals";
import type { OpenBus } from "../testing.ts";
import { consumerContract } from "./consumer.contract.ts";
import { deadLettersContract } from "./dead-letters.contract.ts";
import { logContract } from "./log.contract.ts";
import { membersContract } from "./members.contract.ts";
import { relayContract } from "./relay.contract.ts";
import { replayContract } from "./replay.contract.ts";

/** What holds whatever carries the events. */
export function transportContract(name: string, open: OpenBus): void {
  describe(name, () => {
    relayContract(open);
    consumerContract(open);
    membersContract(open);
    deadLettersContract(open);
    replayContract(open);
    logContract(open);
  });
}
