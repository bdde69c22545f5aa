import { CallEventSchema } from "@trunkline/proto/telephony";
import { createLogger } from "@trunkline/runtime";
import { topic } from "../topic.ts";
import { openEventLog } from "./event-log.ts";

// A process for the test that kills it: writes events one by one, commits what it has read, and says what was acknowledged.
const transport = openEventLog({ file: process.argv[2] ?? "", now: Date.now, log: createLogger("killed", "silent") });
const calls = topic("killed.call", CallEventSchema);
await transport.ensureTopics([calls]);
const publisher = transport.publisher();
const said = (line: string) => new Promise<void>((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
const member = await transport.join({
  group: "reader",
  topics: [calls.name],
  handle: async ({ topic: name, partition, messages }) => {
    const next = (messages.at(-1)?.offset ?? 0) + 1;
    await member.commit([{ topic: name, partition, next }]);
    await said(`committed ${partition} ${next}`);
    return { next, paused: undefined };
  },
  assigned: () => undefined,
  stop: new AbortController().signal,
});
for (let n = 1; ; n++) {
  await publisher.send([{ topic: calls.name, key: `t1/c${n % 7}`, value: Buffer.alloc(100), headers: { sequence: String(n) } }]);
  await said(`acknowledged ${n}`);
}
