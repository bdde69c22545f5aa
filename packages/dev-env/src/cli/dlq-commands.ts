import { parseArgs } from "node:util";
import { type DeadLetters, dropLetters, type KeyOf, type ParkedKey } from "@trunkline/events";

export const DLQ_USAGE = `npm run dlq -- <what> <service> ...
  list <service> [<topic>] [--code <code>]        the parked keys: topic, key, cause, letters, since when
  show <service> <topic> <key>                    a key's letters: cause, attempts, event
  replay <service> <topic> <key>                  applies the letters of a key in their order, and unparks it
  replay <service> [<topic>] [--code <code>] --all    the same for all keys, of a topic, of a cause
  drop <service> <topic> <key> --letters <n>      removes the first n letters of a key for good: what they say never has its effect`;

type Print = (line: string) => void;
type Asked = { readonly code?: string | undefined; readonly all?: boolean | undefined; readonly letters?: string | undefined };

/** The service that is meant, when what was asked for can be understood. */
export function readDlq(
  args: readonly string[],
): { what: string; service: string; topic?: string; key?: string; asked: Asked } | undefined {
  try {
    const options = { code: { type: "string" }, all: { type: "boolean" }, letters: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [what = "", service = "", topic, key] = positionals;
    const one = topic !== undefined && key !== undefined;
    const fits =
      (what === "list" && key === undefined) ||
      (what === "show" && one) ||
      (what === "replay" && (one ? !values.all && !values.code : values.all === true && key === undefined)) ||
      (what === "drop" && one && /^[1-9]\d*$/.test(values.letters ?? ""));
    if (!fits || positionals.length > 4) return undefined;
    return { what, service, ...(topic === undefined ? {} : { topic }), ...(key === undefined ? {} : { key }), asked: values };
  } catch {
    return undefined;
  }
}

/** @returns the exit code. Nothing of an event's content is printed: it may say things about people's affairs. */
export async function runDlq(dead: DeadLetters, command: NonNullable<ReturnType<typeof readDlq>>, print: Print): Promise<number> {
  const { what, topic, key, asked } = command;
  const which = { ...(topic === undefined ? {} : { topic }), ...(asked.code === undefined ? {} : { code: asked.code }) };
  if (what === "list") return list(dead, which, print);
  const of = { topic: topic ?? "", key: key ?? "" };
  if (what === "replay") return replay(dead, key === undefined ? which : of, print);
  return what === "show" ? show(dead, of, print) : drop(dead, of, Number(asked.letters), print);
}

async function list(dead: DeadLetters, which: { topic?: string; code?: string }, print: Print): Promise<number> {
  let keys = 0;
  for await (const { topic, key, code, since, replay } of allKeys(dead)) {
    if ((which.topic ?? topic) !== topic || (which.code ?? code) !== code) continue;
    keys += 1;
    const letters = await dead.count(topic, key);
    print(`${topic} ${key} ${code} letters: ${letters} since ${time(since)}${replay ? " (replay asked)" : ""}`);
  }
  print(`${keys} parked`);
  return 0;
}

async function show(dead: DeadLetters, { topic, key }: KeyOf, print: Print): Promise<number> {
  if ((await dead.count(topic, key)) === 0) {
    print("no such key is parked");
    return 1;
  }
  let last: Awaited<ReturnType<DeadLetters["letters"]>>[number] | undefined;
  do {
    const page = await dead.letters(topic, key, last);
    for (const { partition, offset, code, attempts, at, message } of page)
      print(
        `${partition}/${offset} ${message.headers["ce_id"] ?? "-"} ${message.headers["ce_type"] ?? "-"} ${code} attempts: ${attempts} ${time(at)}`,
      );
    last = page.at(-1);
  } while (last);
  return 0;
}

async function replay(dead: DeadLetters, which: Parameters<DeadLetters["askReplay"]>[0], print: Print): Promise<number> {
  const asked = await dead.askReplay(which);
  print(asked > 0 ? `the service replays ${asked} now; list shows what is left` : "no such key is parked");
  return asked > 0 ? 0 : 1;
}

async function drop(dead: DeadLetters, { topic, key }: KeyOf, count: number, print: Print): Promise<number> {
  const there = await dead.count(topic, key);
  if (there < count) {
    print(`the key has ${there} letters, not ${count}: nothing was dropped`);
    return 1;
  }
  print(`${await dropLetters(dead, topic, key, count)} letters dropped; the service applies what came since and unparks the key`);
  return 0;
}

async function* allKeys(dead: DeadLetters): AsyncIterable<ParkedKey> {
  let last: ParkedKey | undefined;
  do {
    const page: readonly ParkedKey[] = await dead.page({}, last);
    yield* page;
    last = page.at(-1);
  } while (last);
}

const time = (at: number) => new Date(at).toISOString();
