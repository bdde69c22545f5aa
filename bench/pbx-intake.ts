// Recorded bytes of a real exchange through our readers, up to the messages that telephony decides by. Beside them: the limit,
// a bare scan for the ends of messages, and a peer, the plain way (split the text, build every message whole).
import { readdirSync, readFileSync } from "node:fs";
import { amiParser } from "../services/telephony/src/connectors/ami/codec.ts";
import { FACT_EVENTS, FACT_KEYS, FACT_VARIABLES, translateAmi } from "../services/telephony/src/connectors/ami/facts.ts";
import { initialAmiState } from "../services/telephony/src/connectors/ami/state.ts";
import { parseAriFrame } from "../services/telephony/src/connectors/ari/events.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Slice } from "./harness.ts";
import type { BenchOptions } from "./options.ts";

const FIXTURES = new URL("../services/telephony/fixtures/", import.meta.url);
const CHUNK = 16_384;
const BLANK = Buffer.from("\r\n\r\n");

export async function pbxIntake(options: BenchOptions): Promise<Result> {
  const ami = amiBytes();
  const messages = count(ami);
  const ari = ariLines();
  const contenders = [
    looped("ami", messages, () => readAmi(ami, options.slowMs)),
    looped("ami_facts", messages, () => amiFacts(ami)),
    looped("ami_naive", messages, () => naive(ami)),
    looped("ami_scan", messages, () => void count(ami)),
    looped("ari", ari.length, () => readEach(ari, parseAriFrame)),
    looped("ari_naive", ari.length, () => readEach(ari, JSON.parse)),
  ];
  const plan = { rounds: options.rounds, slices: options.slices, sliceMs: options.sliceMs, warmUpMs: 1_000 };
  const rounds = await alternate(contenders, plan, options.progress);
  const notes = [
    "the limit only finds where AMI messages end; the peer splits the text and builds every message whole",
    "ami_facts is the reader with the translator behind it; ari is JSON either way: its peer is JSON.parse alone",
  ];
  return judge(
    { name: "pbx-intake", engine: "none", rounds: options.rounds, figures: figuresOf(rounds), notes },
    {
      rate_vs_naive: { values: perRound(rounds, "rate", "ami", "ami_naive"), target: { atLeast: 3 }, steady: true },
      rate_vs_scan: { values: perRound(rounds, "rate", "ami", "ami_scan"), target: { atLeast: 0.5 }, steady: true },
      facts_vs_naive: { values: perRound(rounds, "rate", "ami_facts", "ami_naive") },
      ari_rate_vs_naive: { values: perRound(rounds, "rate", "ari", "ari_naive") },
    },
  );
}

/** All recordings one behind the other, without their greetings. */
function amiBytes(): Buffer {
  const files = readdirSync(new URL("ami/", FIXTURES)).filter((name) => name.endsWith(".ami"));
  return Buffer.concat(
    files.sort().map((name) => {
      const bytes = readFileSync(new URL(`ami/${name}`, FIXTURES));
      return bytes.subarray(bytes.indexOf("\r\n") + 2);
    }),
  );
}

function ariLines(): string[] {
  const files = readdirSync(new URL("ari/", FIXTURES)).filter((name) => name.endsWith(".jsonl"));
  return files.sort().flatMap((name) =>
    readFileSync(new URL(`ari/${name}`, FIXTURES), "utf8")
      .split("\n")
      .flatMap((line) => (line.includes('"event":') ? [JSON.stringify((JSON.parse(line) as { event: unknown }).event)] : [])),
  );
}

/** Messages a second over whole passes; an operation is a message. */
function looped(name: string, messages: number, pass: () => void): Contender {
  return {
    name,
    run: async (ms): Promise<Slice> => {
      const cpu = process.cpuUsage();
      const began = performance.now();
      let ops = 0;
      while (performance.now() - began < ms) {
        pass();
        ops += messages;
      }
      const { user, system } = process.cpuUsage(cpu);
      return { ops, wallMs: performance.now() - began, latenciesMs: new Float64Array(), cpuUs: user + system };
    },
  };
}

function readEach(lines: readonly string[], read: (line: string) => unknown): void {
  for (const line of lines) read(line);
}

function readAmi(bytes: Buffer, slowMs: number): void {
  const parser = amiParser({ events: FACT_EVENTS, keys: FACT_KEYS, variables: FACT_VARIABLES, onFrame: () => undefined });
  parser.push(Buffer.from("Asterisk Call Manager/11.0.0\r\n"));
  for (let at = 0; at < bytes.length; at += CHUNK) parser.push(bytes.subarray(at, at + CHUNK));
  // The planted delay, once for each pass, as a share of it.
  for (const until = performance.now() + slowMs; performance.now() < until; );
}

function amiFacts(bytes: Buffer): void {
  let state = initialAmiState();
  const parser = amiParser({
    events: FACT_EVENTS,
    keys: FACT_KEYS,
    variables: FACT_VARIABLES,
    onFrame: (frame) => {
      if (frame["Event"] !== undefined) ({ state } = translateAmi(state, frame, 0));
    },
  });
  parser.push(Buffer.from("Asterisk Call Manager/11.0.0\r\n"));
  for (let at = 0; at < bytes.length; at += CHUNK) parser.push(bytes.subarray(at, at + CHUNK));
}

function naive(bytes: Buffer): number {
  let built = 0;
  let rest = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const parts = (rest + bytes.subarray(at, at + CHUNK).toString("utf8")).split("\r\n\r\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const message: Record<string, string> = {};
      for (const line of part.split("\r\n")) {
        const colon = line.indexOf(": ");
        if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 2);
      }
      built += Object.keys(message).length > 0 ? 1 : 0;
    }
  }
  return built;
}

function count(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(BLANK); at >= 0; at = bytes.indexOf(BLANK, at + BLANK.length)) found += 1;
  return found;
}
