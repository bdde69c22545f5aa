import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { heldBytes, oneOf, randomFrom } from "../../malformed.test-support.ts";
import { reduceRouted } from "../routed/reduce.ts";
import { allCalls, initialRoutedState, type RoutedState } from "../routed/state.ts";
import { type EslFrame, type EslProblem, eslParser } from "./codec.ts";
import { eslChannel, parseEslEvent, translateEsl } from "./events.ts";

const NOW = 1_800_000_000_000;
const CALLER = "c44a48f3-a0df-410b-bb5b-627c00d941f0";

const EVENT = {
  "Event-Name": "CHANNEL_PARK",
  "Event-Date-Timestamp": "1795347084481000",
  "Channel-Call-State": "ACTIVE",
  "Channel-Name": "sofia/external/trunk@127.0.0.1:5080",
  "Unique-ID": CALLER,
  "Answer-State": "answered",
  "Caller-Caller-ID-Number": "13800138000",
  "Caller-Caller-ID-Name": "张伟",
  "Caller-Destination-Number": "400",
  "Caller-Channel-Created-Time": "1795347084000000",
  variable_trunkline_queue: "support",
};

function framed(type: string, body: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: ${type}\n\n${body}`);
}

const STREAM = Buffer.concat([
  Buffer.from("Content-Type: auth/request\n\n"),
  Buffer.from("Content-Type: command/reply\nReply-Text: +OK accepted\n\n"),
  framed("text/event-json", JSON.stringify(EVENT)),
  framed("api/response", ""),
  Buffer.from("Content-Type: command/reply\nReply-Text: +OK Job-UUID: 7\nJob-UUID: 7\n\n\n"),
  framed("text/event-json", "{}\n\nnot a head: 1\n\n"),
]);

function parsed(chunks: readonly Buffer[], options: { maxHead?: number; maxBody?: number } = {}) {
  const frames: EslFrame[] = [];
  const parser = eslParser({ ...options, onFrame: (frame) => frames.push(frame) });
  let problem: EslProblem | undefined;
  for (const chunk of chunks) problem = parser.push(chunk);
  return { frames, problem, held: parser.held() };
}

describe("frames of the event socket", () => {
  it("are read with their bodies", () => {
    const { frames, problem, held } = parsed([STREAM]);
    expect(frames.map(({ headers, body }) => [headers.get("content-type"), body.length])).toEqual([
      ["auth/request", 0],
      ["command/reply", 0],
      ["text/event-json", JSON.stringify(EVENT).length],
      ["api/response", 0],
      ["command/reply", 0],
      ["text/event-json", 19],
    ]);
    expect(frames[1]?.headers.get("reply-text")).toBe("+OK accepted");
    expect(frames[4]?.headers.get("job-uuid")).toBe("7");
    expect(JSON.parse(frames[2]?.body ?? "")).toEqual(EVENT);
    expect([problem, held]).toEqual([undefined, 0]);
  });

  it("are the same however the bytes are cut", () => {
    const whole = parsed([STREAM]).frames;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: STREAM.length }), { maxLength: 40 }), (cuts) => {
        const places = [0, ...cuts.toSorted((one, two) => one - two), STREAM.length];
        const chunks = places.slice(1).map((end, i) => STREAM.subarray(places[i], end));
        const { frames, problem, held } = parsed(chunks);
        expect(frames).toEqual(whole);
        expect([problem, held]).toEqual([undefined, 0]);
      }),
      { seed: 11, numRuns: 300 },
    );
    expect(parsed([...STREAM].map((byte) => Buffer.from([byte]))).frames).toEqual(whole);
  });

  it("without an end, or with one that nobody can wait for, end the stream and are not kept", () => {
    const line = Buffer.alloc(10_000, 65);
    expect(parsed(Array.from({ length: 7 }, () => line))).toEqual({ frames: [], problem: "head_too_large", held: 0 });
    expect(parsed([Buffer.concat([line, Buffer.from("\n\n")])], { maxHead: 9_999 }).problem).toBe("head_too_large");
    for (const length of ["9000000000", String(32 * 1024 * 1024 + 1)]) {
      expect(parsed([Buffer.from(`Content-Type: x\nContent-Length: ${length}\n\nx`)])).toEqual({
        frames: [],
        problem: "body_too_large",
        held: 0,
      });
    }
    for (const length of ["-1", "1e3", "7 7", "99999999999999999999", "٣"]) {
      expect(parsed([Buffer.from(`Content-Type: x\nContent-Length: ${length}\n\n`)]).problem).toBe("length_unreadable");
    }
    // Nothing after it is looked at.
    expect(parsed([Buffer.from("Reply-Text: +OK\n\n"), STREAM])).toEqual({ frames: [], problem: "not_a_frame", held: 0 });
  });

  it("read 400,000 empty lines without a deeper stack, and a long body in small pieces in linear time", () => {
    expect(parsed([Buffer.alloc(400_000, 10)])).toEqual({ frames: [], problem: undefined, held: 0 });
    expect(parsed([Buffer.from("Content-Type: x\n\n".repeat(100_000))]).frames.length).toBe(100_000);
    const body = Buffer.alloc(4 * 1024 * 1024, 65);
    const bytes = framed("api/response", body.toString());
    const chunks = Array.from({ length: Math.ceil(bytes.length / 512) }, (_, i) => bytes.subarray(i * 512, i * 512 + 512));
    expect(parsed(chunks).frames[0]?.body.length).toBe(body.length);
  });

  it("that are damaged, 100,000 of them, leave parser and state machine upright and within their bounds", () => {
    const random = randomFrom(42);
    const bits = ["\n", "\n\n", ":", "{", '"', "\u0000", "Content-Length: 5\n\n", "\ud800", "null", '"__proto__":{}', "%0a", "-ERR "];
    const names = ["CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_HANGUP_COMPLETE", "BACKGROUND_JOB"];
    let state: RoutedState = initialRoutedState({ app: "trunkline", endpoint: "user/{extension}", maxCalls: 256 });
    let [read, broken, longest, kept, held] = [0, 0, 0, 0, 0];
    const take = ({ body }: EslFrame) => {
      const event = parseEslEvent(body);
      if (event === undefined) return;
      read++;
      for (const one of translateEsl(event)) {
        const step = reduceRouted(state, { type: "event", event: one }, NOW);
        state = step.state;
        longest = Math.max(longest, step.facts.length, step.orders.length);
      }
    };
    const fresh = () => eslParser({ onFrame: take });
    let parser = fresh();
    for (let i = 0; i < 100_000; i++) {
      if (i === 20_000) held = heldBytes();
      const id = random(3) === 0 ? CALLER : `${CALLER.slice(0, 30)}${random(1_000_000)}`;
      const bridge = { "Bridge-A-Unique-ID": id, "Bridge-B-Unique-ID": random(2) === 0 ? CALLER : `x-${random(999)}` };
      const name = random(3) === 0 ? oneOf(names, random) : EVENT["Event-Name"];
      const event = { ...EVENT, ...bridge, "Unique-ID": id, "Event-Name": name, "Job-UUID": id, _body: oneOf(bits, random) };
      const whole = JSON.stringify(event);
      const cut = (text: string, at = random(text.length)) =>
        random(2) === 0 ? text.slice(0, at) : text.slice(0, at) + oneOf(bits, random) + text.slice(at + random(9));
      const frame = framed("text/event-json", random(3) === 0 ? cut(whole) : whole).toString();
      const damaged = random(5) === 0 ? cut(frame) : frame;
      if (parser.push(Buffer.from(damaged)) !== undefined) {
        broken++;
        parser = fresh();
      }
      kept = Math.max(kept, parser.held());
    }
    expect(heldBytes()).toBeLessThan(held * 1.1);
    expect(read).toBeGreaterThan(10_000);
    expect(broken).toBeGreaterThan(2_000);
    expect(longest).toBeLessThan(20);
    expect(kept).toBeLessThan(200_000);
    const calls = allCalls(state);
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.length).toBeLessThanOrEqual(256);
    expect(state.aliases.size).toBeLessThanOrEqual(1024);
  });

  it("whose line has no name that a command could carry are no line", () => {
    for (const id of ["", "a b", "x\napi shutdown", "a;b", "$x", "{a}", "x'", "1".repeat(151)]) {
      expect(eslChannel({ ...EVENT, "Unique-ID": id }).id).toBe("");
      expect(translateEsl({ ...EVENT, "Unique-ID": id })).toEqual([]);
    }
    expect(eslChannel({ ...EVENT, "Unique-ID": "3848276298220188511@10.0.0.1" }).id).toBe("3848276298220188511@10.0.0.1");
  });
});
