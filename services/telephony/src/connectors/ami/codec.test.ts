import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { heldBytes, oneOf, randomFrom } from "../../malformed.test-support.ts";
import { type AmiParserOptions, type AmiProblem, amiParser } from "./codec.ts";
import { FACT_EVENTS, FACT_KEYS, FACT_VARIABLES, translateAmi } from "./facts.ts";
import { type AmiFrame, field, fields } from "./frame.ts";
import { countCalls, initialAmiState } from "./state.ts";

const GREETING = "Asterisk Call Manager/11.0.0\r\n";

type Item = AmiFrame | AmiProblem["code"] | string;

/** Everything that the parser says, in order, of bytes given in these chunks. */
function parse(chunks: readonly (string | Buffer)[], options: Partial<AmiParserOptions> = {}): { items: Item[]; held: number } {
  const items: Item[] = [];
  const parser = amiParser({
    onGreeting: (text) => items.push(`greeting ${text}`),
    onFrame: (frame) => items.push(frame),
    onProblem: ({ code }) => items.push(code),
    ...options,
  });
  for (const chunk of chunks) parser.push(Buffer.from(chunk as string));
  return { items, held: parser.held() };
}

function frames(text: string | Buffer, options: Partial<AmiParserOptions> = {}): AmiFrame[] {
  return parse([GREETING, text], options).items.filter((item): item is AmiFrame => typeof item === "object");
}

function plain(frame: AmiFrame | undefined): Record<string, unknown> {
  return { ...frame };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe("the manager protocol, read", () => {
  it("gives the greeting, then each message as its keys and values", () => {
    const { items } = parse([
      `${GREETING}Response: Success\r\nActionID: 1\r\n\r\nEvent: Hangup\r\nCause-txt: Normal: Clearing\r\nAccountCode: \r\n\r\n`,
    ]);
    expect(items.map((item) => (typeof item === "string" ? item : plain(item)))).toEqual([
      "greeting Asterisk Call Manager/11.0.0",
      { Response: "Success", ActionID: "1" },
      { Event: "Hangup", "Cause-txt": "Normal: Clearing", AccountCode: "" },
    ]);
  });

  it("takes a stream that begins without a greeting", () => {
    expect(parse(["Response: Success\r\n\r\n"]).items.map((item) => plain(item as AmiFrame))).toEqual([{ Response: "Success" }]);
  });

  it("makes an array of a repeated key, in order", () => {
    const [frame] = frames("Response: Success\r\nOutput: one\r\nOutput: two\r\nOutput: three\r\n\r\n");
    expect(frame?.["Output"]).toEqual(["one", "two", "three"]);
    expect(field(frame as AmiFrame, "Output")).toBe("one");
    expect(fields(frame as AmiFrame, "Output")).toHaveLength(3);
    expect(fields(frame as AmiFrame, "Absent")).toEqual([]);
  });

  it("reads a command's output of old, with blank lines in it, up to its mark", () => {
    const text =
      "Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\nName: x\nline two\n\r\n\r\nafter a blank line\n--END COMMAND--\r\n\r\nEvent: Next\r\n\r\n";
    const [reply, next] = frames(text);
    expect(plain(reply)).toEqual({
      Response: "Follows",
      Privilege: "Command",
      ActionID: "7",
      Output: ["Name: x", "line two", "after a blank line"],
    });
    expect(next?.["Event"]).toBe("Next");
  });

  it("keeps UTF-8, whatever stands at the border of two chunks, and survives bytes that are none", () => {
    const bytes = Buffer.concat([
      Buffer.from(`${GREETING}Event: X\r\nCallerIDName: 张伟`),
      Buffer.from([0xff, 0xc3]),
      Buffer.from("é\r\nQueue: support\r\n\r\n"),
    ]);
    const [, frame] = parse(cut(bytes, [1])).items as [string, AmiFrame];
    expect(frame["CallerIDName"]).toBe("张伟\ufffd\ufffdé");
    expect(frame["Queue"]).toBe("support");
  });

  it("has no prototype to reach by a key", () => {
    const text = "Event: X\r\n__proto__: polluted\r\nconstructor: x\r\ntoString: y\r\n\r\n";
    for (const options of [{}, { keys: ["Event", "__proto__", "toString"] }]) {
      const [frame] = frames(text, options);
      expect(Object.entries(frame ?? {})).toContainEqual(["__proto__", "polluted"]);
      expect(frame?.["toString"]).toBe("y");
      expect(frame?.["hasOwnProperty"]).toBeUndefined();
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("skips events that nobody asked for, and variables that nobody asked for", () => {
    const varSet = (name: string, value: string) => `Event: VarSet\r\nChannel: x\r\nVariable: ${name}\r\nValue: ${value}\r\n\r\n`;
    const text = `Event: Newexten\r\nA: 1\r\n\r\n${varSet("SIPDOMAIN", "x")}${varSet("QUEUESTATUS", "FULL")}${varSet("RTPAUDIOQOS", "x".repeat(300))}Event: Hangups\r\n\r\nEvent: Hangup\r\n\r\nResponse: Success\r\n\r\n`;
    const got = frames(text, { events: ["Hangup", "VarSet"], variables: ["QUEUESTATUS"] });
    expect(got.map((frame) => frame["Event"] ?? frame["Response"])).toEqual(["VarSet", "Hangup", "Success"]);
    expect(got[0]?.["Value"]).toBe("FULL");
  });

  it("keeps only the keys asked for of an event, and all of a response", () => {
    const text =
      "Event: Hangup\r\nChannel: c\r\nLinkedid: 1.2\r\nLinkedids: no\r\nCause: 16\r\n\r\nResponse: Success\r\nMessage: all\r\n\r\n";
    const [event, response] = frames(text, { keys: ["Event", "Linkedid", "Cause"] });
    expect(plain(event)).toEqual({ Event: "Hangup", Linkedid: "1.2", Cause: "16" });
    expect(plain(response)).toEqual({ Response: "Success", Message: "all" });
  });

  it("reports a line that is too long, leaves its message out and goes on", () => {
    for (const keys of [undefined, ["Event", "Long"]]) {
      const options = { maxLine: 100, ...(keys ? { keys } : {}) };
      const { items } = parse([GREETING, `Event: A\r\nLong: ${"x".repeat(101)}\r\n\r\nEvent: B\r\n\r\n`], options);
      expect(items.slice(1).map((item) => (typeof item === "string" ? item : item["Event"]))).toEqual(["line_too_long", "B"]);
    }
  });

  it("reports a message that is too large once, holds little of it, and goes on behind the next blank line", () => {
    const text = `Event: A\r\n\r\nEvent: B\r\n${"Key: value\r\n".repeat(500)}\r\nEvent: C\r\n\r\n`;
    for (const size of [1, 7, 1000, text.length]) {
      let most = 0;
      const seen: unknown[] = [];
      const parser = amiParser({ maxFrame: 1000, onFrame: (frame) => seen.push(frame["Event"]), onProblem: ({ code }) => seen.push(code) });
      for (const chunk of cut(Buffer.from(GREETING + text), [size])) {
        parser.push(chunk);
        most = Math.max(most, parser.held());
      }
      expect(seen).toEqual(["A", "frame_too_large", "C"]);
      expect(most).toBeLessThanOrEqual(1000 + 4);
    }
  });

  it("reports what is no message, and a port that is no manager port", () => {
    expect(
      parse([GREETING, "hello\r\nworld: x\r\n\r\nEvent: A\r\n\r\n"])
        .items.slice(1)
        .map((item) => (typeof item === "string" ? item : item["Event"])),
    ).toEqual(["not_a_message", "A"]);
    expect(parse(["x".repeat(2000)]).items).toEqual(["greeting_too_long"]);
  });

  it("forgives blank lines between messages", () => {
    expect(frames("\r\n\r\n\r\nEvent: A\r\n\r\n\r\n\r\nEvent: B\r\n\r\n").map((frame) => frame["Event"])).toEqual(["A", "B"]);
  });
});

const recorded = readFileSync(new URL("../../../fixtures/ami/concurrent.ami", import.meta.url));
const chunkSizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 });

describe("the manager protocol in any pieces", () => {
  const whole = parse([recorded]).items.map((item) => (typeof item === "string" ? item : plain(item)));

  it("reads a real recording the same however it is cut", () => {
    expect(whole.length).toBeGreaterThan(200);
    fc.assert(
      fc.property(chunkSizes, (sizes) => {
        const items = parse(cut(recorded, sizes)).items.map((item) => (typeof item === "string" ? item : plain(item)));
        expect(items).toEqual(whole);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  const part = fc.constantFrom(
    "Event: A\r\n",
    "Event: VarSet\r\n",
    "Response: Follows\r\n",
    "Response: x\r\n",
    "Key: v\r\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    "\n",
    "--END COMMAND--",
    "Variable: V\r\nValue: 1",
    ": ",
    "é",
    "x".repeat(90),
    GREETING,
  );
  const stream = fc.array(part, { maxLength: 60, size: "max" });

  it("reads of the keys that it keeps what it reads when it keeps all", () => {
    const keys = ["Event", "Key", "Value"];
    fc.assert(
      fc.property(stream, (parts) => {
        const read = (option: Partial<AmiParserOptions>) => JSON.stringify(parse([GREETING, parts.join("")], option).items, keys);
        expect(read({ keys })).toBe(read({}));
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it("reads made-up streams the same however they are cut, with limits, filters and all", () => {
    const options: Partial<AmiParserOptions>[] = [
      {},
      { maxFrame: 120, maxLine: 40 },
      { events: ["A", "VarSet"], variables: ["V"], keys: ["Event", "Key"], maxFrame: 200 },
    ];
    fc.assert(
      fc.property(stream, chunkSizes, fc.constantFrom(...options), (parts, sizes, option) => {
        const bytes = Buffer.from(parts.join(""));
        const small = sizes.map((size) => (size % 40) + 1);
        const text = (items: Item[]) => JSON.stringify(items);
        expect(text(parse(cut(bytes, small), option).items)).toBe(text(parse(bytes.length === 0 ? [] : [bytes], option).items));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it("stays upright on 100,000 malformed inputs, with the translator of what is read, and holds no more than its limits", () => {
    const random = randomFrom(42);
    const bits = [
      "",
      "\r\n",
      "\r\n\r\n",
      ":",
      "\u0000",
      "__proto__: x\r\n",
      "constructor: x\r\n",
      "Response: Follows\r\n",
      "--END COMMAND--",
      `Linkedid: 17${"9".repeat(200)}.1\r\n`,
      "x".repeat(400),
    ];
    const options = { maxFrame: 2000, maxLine: 300, events: FACT_EVENTS, variables: FACT_VARIABLES, keys: FACT_KEYS };
    let state = initialAmiState({ maxCalls: 256 });
    let [events, problems, longest, held] = [0, 0, 0, 0];
    const onFrame = (frame: AmiFrame) => {
      if (frame["Event"] === undefined) return;
      const step = translateAmi(state, frame, 1_800_000_000_000);
      state = step.state;
      longest = Math.max(longest, step.facts.length);
      events++;
    };
    const parser = amiParser({ ...options, onFrame, onProblem: () => problems++ });
    for (let i = 0; i < 100_000; i++) {
      if (i === 20_000) held = heldBytes();
      const from = random(recorded.length);
      const bytes = Buffer.concat([recorded.subarray(from, from + 1 + random(2000)), Buffer.from(oneOf(bits, random))]);
      for (let flips = random(20); flips > 0; flips--)
        bytes[random(bytes.length)] = oneOf([0, 10, 13, 58, 255, 32, 48 + random(10)], random);
      parser.push(bytes);
      if (parser.held() > 2000 + 4) throw new Error(`holds ${parser.held()} bytes after input ${i}`);
    }
    expect(heldBytes()).toBeLessThan(held * 1.1);
    expect([events, problems].map((count) => count > 10_000)).toEqual([true, true]);
    expect(longest).toBeLessThan(20);
    expect(countCalls(state)).toBeGreaterThan(100);
    expect(countCalls(state)).toBeLessThanOrEqual(256);
    expect(state.aliases.size).toBeLessThanOrEqual(1024);
    // Whatever was begun is ended; what is right is read as by one that heard nothing else.
    parser.push(Buffer.from("\r\n--END COMMAND--\r\n\r\n"));
    const before = events;
    parser.push(recorded);
    const read = events - before;
    events = 0;
    amiParser({ ...options, onFrame }).push(recorded);
    expect(events).toBeGreaterThan(30);
    expect(read).toBe(events);
  });
});
