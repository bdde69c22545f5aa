import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay, type Relay } from "../relay.ts";
import { type Bus, committed, eventually, moody, type OpenBus, openTopic, publish, startReader } from "../testing.ts";
import type { Member, Transport } from "../transport.ts";

/** A transport whose members can die: what they have handled and not committed is never committed. */
function mortal(transport: Transport) {
  let dead = false;
  const members: Member[] = [];
  const join: Transport["join"] = async (membership) => {
    const member = await transport.join(membership);
    members.push(member);
    return { ...member, commit: async (offsets) => (dead ? undefined : member.commit(offsets)) };
  };
  const doom = () => {
    dead = true;
  };
  const die = async () => {
    doom();
    for (const member of members) await member.leave();
  };
  return { transport: { ...transport, join }, die, doom };
}

const KEYS = Array.from({ length: 30 }, (_, i) => `c${i}`);

/** Each group has members, of whom each partition is read by one. */
export function membersContract(open: OpenBus): void {
  describe("of the members of a group", () => {
    let bus: Bus;
    let relay: Relay;
    beforeAll(async () => {
      bus = await open("member");
      relay = await createRelay(bus.transport);
    });
    afterAll(async () => {
      await relay[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    });

    it("one that is disposed hands over to another, which meets nothing twice and misses nothing", async () => {
      const calls = await openTopic(bus, "member.leaves");
      const dead = memoryDeadLetters();
      const [one, two] = [moody(), moody()];
      const first = await startReader(bus, calls, dead, one.handler);
      for (const id of KEYS) await publish(relay, calls, id, 1);
      await eventually("the first thirty", () => one.seen.length === 30);
      await using _second = await startReader(bus, calls, dead, two.handler);
      for (const id of KEYS) await publish(relay, calls, id, 2);
      await first[Symbol.asyncDispose]();
      for (const id of KEYS) await publish(relay, calls, id, 3);
      const wanted = KEYS.flatMap((id) => [1, 2, 3].map((n) => `${id}/${n}`));
      await eventually("all of them", () => wanted.every((name) => one.seen.includes(name) || two.seen.includes(name)));
      for (const { of } of [one, two]) for (const id of KEYS) expect(of(id)).toEqual(of(id).toSorted());
    });

    it("one that dies before it commits leaves what it has handled to another, in its order", async () => {
      const calls = await openTopic(bus, "member.dies");
      const dead = memoryDeadLetters();
      const [one, two] = [moody(), moody()];
      const { transport, die, doom } = mortal(bus.transport);
      const first = await startReader({ transport }, calls, dead, one.handler);
      for (const id of KEYS) await publish(relay, calls, id, 1, 2);
      await eventually("a first run is committed", async () => one.seen.length === 60 && (await committed(bus, calls)) === 60);
      doom();
      for (const id of KEYS) await publish(relay, calls, id, 3, 4);
      await eventually("all is handled", () => one.seen.length === 120);
      await using _second = await startReader(bus, calls, dead, two.handler);
      await die();
      for (const id of KEYS) await publish(relay, calls, id, 5);
      await eventually("the second has all that was not committed", () => KEYS.every((id) => two.of(id).includes(`${id}/5`)));
      for (const id of KEYS) expect([...new Set(two.of(id))]).toEqual([3, 4, 5].map((n) => `${id}/${n}`));
      await first[Symbol.asyncDispose]();
    });

    it("of different groups each gets everything", async () => {
      const calls = await openTopic(bus, "member.groups");
      const [one, two] = [moody(), moody()];
      await using _one = await startReader(bus, calls, memoryDeadLetters(), one.handler, "one");
      await using _two = await startReader(bus, calls, memoryDeadLetters(), two.handler, "two");
      for (const id of KEYS) await publish(relay, calls, id, 1, 2);
      await eventually("everything twice", () => one.seen.length === 60 && two.seen.length === 60);
      expect(one.seen.toSorted()).toEqual(two.seen.toSorted());
    });
  });
}
