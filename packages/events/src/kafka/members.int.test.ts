import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay, type Relay } from "../relay.ts";
import { type Bus, type Call, eventually, invalid, letters, moody, openTopic, publish, startReader, unparked } from "../testing.ts";
import { openKafkaBus } from "./testing.ts";

describe("members who share a group's partitions", () => {
  let bus: Bus;
  let relay: Relay;
  beforeAll(async () => {
    bus = await openKafkaBus("members");
    relay = await createRelay(bus.transport);
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
  });

  it("lose nothing when one of them leaves", async () => {
    const calls = await openTopic(bus, "consumer.share");
    const dead = memoryDeadLetters();
    const [one, two] = [moody(), moody()];
    const first = await startReader(bus, calls, dead, one.handler);
    const all = () => new Set([...one.seen, ...two.seen]).size;
    for (let i = 0; i < 30; i++) await publish(relay, calls, `c${i}`, 1);
    await eventually("the first thirty", () => all() === 30);
    await using _second = await startReader(bus, calls, dead, two.handler);
    await eventually("a share for the second", async () => {
      for (let i = 0; i < 6; i++) await publish(relay, calls, `more${two.seen.length}-${i}`, 1);
      return two.seen.length > 0;
    });
    for (let i = 0; i < 30; i++) await publish(relay, calls, `c${i}`, 2);
    await first[Symbol.asyncDispose]();
    for (let i = 0; i < 30; i++) await publish(relay, calls, `c${i}`, 3);
    const wanted = Array.from({ length: 30 }, (_, i) => [1, 2, 3].map((n) => `c${i}/${n}`)).flat();
    await eventually("all of them", () => wanted.every((id) => one.seen.includes(id) || two.seen.includes(id)));
  });

  it("know of a key that another parked, when they read its partition next after having read others for a while", async () => {
    const calls = await openTopic(bus, "dead.members");
    const dead = memoryDeadLetters();
    const { refused, handler } = moody();
    const [one, two] = [new Set<string>(), new Set<string>()];
    const noting = (seen: Set<string>) => async (call: Call) => {
      await handler(call);
      seen.add(`${call.id}/${call.sequence}`);
    };
    const first = await startReader(bus, calls, dead, noting(one));
    await using _second = await startReader(bus, calls, dead, noting(two));
    let round = 0;
    await eventually("a share for both", async () => {
      round += 1;
      for (let i = 0; i < 6; i++) await publish(relay, calls, `r${round}-${i}`, 1);
      await eventually("this round", () => one.size + two.size >= 6 * round);
      return [...one].some((name) => name.startsWith(`r${round}`)) && [...two].some((name) => name.startsWith(`r${round}`));
    });
    const id = [...one].find((name) => name.startsWith(`r${round}`))?.slice(0, -2) ?? "";
    refused.set(`${id}/2`, invalid());
    await publish(relay, calls, id, 2);
    await letters(dead, 1);
    refused.clear();
    await first[Symbol.asyncDispose]();
    await publish(relay, calls, id, 3);
    await letters(dead, 2);
    expect([one.has(`${id}/3`), two.has(`${id}/3`)]).toEqual([false, false]);
    await dead.askReplay({ topic: calls.name, key: `t1/${id}` });
    await unparked(dead, `t1/${id}`);
    expect([two.has(`${id}/2`), two.has(`${id}/3`)]).toEqual([true, true]);
  });
});
