import { describe, expect, it } from "@jest/globals";
import { memoryDeadLetters } from "@trunkline/events";
import { readDlq, runDlq } from "./dlq-commands.ts";

/** Two keys of one topic, of three letters and of one. */
async function someLetters() {
  const dead = memoryDeadLetters(() => Date.parse("2026-11-29T01:00:00Z"));
  const bury = async (key: string, offset: number, code: string, attempts: number) => {
    const headers = { ce_id: `${key}/${offset}`, ce_type: "answered" };
    const letter = { topic: "calls", partition: 2, offset, code, attempts, message: { key, value: Buffer.from("13912345678"), headers } };
    await dead.write(letter);
    await dead.park(letter);
  };
  await bury("t1/a", 1, "queue_unknown", 8);
  await bury("t1/a", 2, "key_parked", 0);
  await bury("t1/a", 5, "key_parked", 0);
  await bury("t1/b", 3, "event_malformed", 1);
  const say = async (...args: string[]) => {
    const lines: string[] = [];
    const command = readDlq(args);
    if (!command) throw new Error("not understood");
    return { code: await runDlq(dead, command, (line) => lines.push(line)), lines };
  };
  return { dead, say };
}

describe("npm run dlq", () => {
  it("lists parked keys with cause, number of letters and time, all or those of a topic and a cause", async () => {
    const { say } = await someLetters();
    const [a, b] = [
      "calls t1/a queue_unknown letters: 3 since 2026-11-29T01:00:00.000Z",
      "calls t1/b event_malformed letters: 1 since 2026-11-29T01:00:00.000Z",
    ];
    expect(await say("list", "customer")).toEqual({ code: 0, lines: [a, b, "2 parked"] });
    expect((await say("list", "customer", "calls", "--code", "event_malformed")).lines).toEqual([b, "1 parked"]);
    expect((await say("list", "customer", "requests")).lines).toEqual(["0 parked"]);
  });

  it("shows each letter's cause, attempts and event, and nothing of its content", async () => {
    const { say } = await someLetters();
    const { lines } = await say("show", "customer", "calls", "t1/a");
    expect(lines).toEqual([
      "2/1 t1/a/1 answered queue_unknown attempts: 8 2026-11-29T01:00:00.000Z",
      "2/2 t1/a/2 answered key_parked attempts: 0 2026-11-29T01:00:00.000Z",
      "2/5 t1/a/5 answered key_parked attempts: 0 2026-11-29T01:00:00.000Z",
    ]);
  });

  it("says of a key without letters that it is not parked", async () => {
    const { say } = await someLetters();
    expect(await say("show", "customer", "calls", "t1/nobody")).toEqual({ code: 1, lines: ["no such key is parked"] });
  });

  it("asks for the replay of one key, or of all of a cause", async () => {
    const { dead, say } = await someLetters();
    const wishes = async () => (await dead.page({ replay: true })).map(({ key }) => key);
    expect((await say("replay", "customer", "calls", "t1/nobody")).code).toBe(1);
    expect((await say("replay", "customer", "calls", "t1/a")).code).toBe(0);
    expect(await wishes()).toEqual(["t1/a"]);
    expect((await say("replay", "customer", "--code", "event_malformed", "--all")).lines).toEqual([
      "the service replays 1 now; list shows what is left",
    ]);
    expect(await wishes()).toEqual(["t1/a", "t1/b"]);
  });

  it("drops a key's letters only when it is told how many, and then only those", async () => {
    const { dead, say } = await someLetters();
    expect(await say("drop", "customer", "calls", "t1/a", "--letters", "4")).toMatchObject({ code: 1 });
    expect(await dead.count("calls", "t1/a")).toBe(3);
    expect(await say("drop", "customer", "calls", "t1/a", "--letters", "2")).toMatchObject({ code: 0 });
    expect(await dead.letters("calls", "t1/a")).toMatchObject([{ offset: 5 }]);
    expect(await dead.find("calls", "t1/a")).toMatchObject({ replay: true });
  });

  it.each([
    ["drop customer calls t1/a"],
    ["drop customer calls t1/a --letters none"],
    ["drop customer calls t1/a --letters 1.5"],
    ["drop customer calls --letters 3"],
    ["replay customer"],
    ["replay customer calls"],
    ["replay customer calls t1/a --all"],
    ["show customer calls"],
    ["list customer calls t1/a"],
    ["forget customer"],
    ["list customer --everything"],
    [""],
  ])("does not understand %j", (line) => expect(readDlq(line.split(" "))).toBeUndefined());
});
