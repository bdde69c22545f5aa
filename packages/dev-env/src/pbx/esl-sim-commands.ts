import type { PhoneBehaviour, PhoneBook } from "./ari-sim-phones.ts";
import { bridge, type EslLine, type EslWorld, eventOf, hangUp, headersOf, openLine, park, part, silence, tellOf } from "./esl-sim-world.ts";

/** What an API command says, and what it does once that is out. A promise: the command's result comes later. */
export type EslResult = { readonly text: string | Promise<string>; readonly effect?: () => void };

const OK: EslResult = { text: "+OK\n" };
const NO_CHANNEL: EslResult = { text: "-ERR No such channel!\n" };

/** Does what a command of mod_commands does, as far as our connector uses it. */
export function eslCommands(world: EslWorld, book: PhoneBook): (command: string) => EslResult {
  return (command) => {
    const [name = "", id = "", ...rest] = command.split(" ");
    if (name === "uptime") return { text: "1\n" };
    if (name === "strmicroepoch") return { text: `${world.now()}000` };
    if (command === "show channels as json") return { text: channelsJson(world) };
    if (name === "originate") return originate(world, book, command);
    const line = world.lines.get(id);
    if (!/^uuid_/.test(name)) return { text: `-ERR ${name} Command not found!\n` };
    return line === undefined ? NO_CHANNEL : withLine(world, name, line, rest);
  };
}

function withLine(world: EslWorld, name: string, line: EslLine, rest: readonly string[]): EslResult {
  switch (name) {
    case "uuid_answer":
      return { ...OK, effect: () => answerLine(world, line) };
    case "uuid_setvar":
      set(line, rest[0] ?? "", rest.slice(1).join(" "));
      return OK;
    case "uuid_setvar_multi":
      for (const one of rest.join(" ").split(";")) set(line, one.split("=")[0] ?? "", one.slice(one.indexOf("=") + 1));
      return OK;
    case "uuid_broadcast":
    case "uuid_break":
      return OK;
    case "uuid_kill":
      return { ...OK, effect: () => hangUp(world, line, "order", rest[0] ?? "NORMAL_CLEARING") };
    case "uuid_dump":
      return { text: JSON.stringify(eventOf(world, "CHANNEL_DATA", headersOf(world, line))) };
    case "uuid_bridge":
      return joined(world, line, world.lines.get(rest[0] ?? ""));
    case "uuid_transfer":
      return transfer(world, line, rest.join(" "));
    case "uuid_record":
      return recordLine(line, rest[0] ?? "", rest[1] ?? "");
    default:
      return { text: `-ERR ${name} Command not found!\n` };
  }
}

function transfer(world: EslWorld, line: EslLine, to: string): EslResult {
  if (to === "-both park inline") return { ...OK, effect: () => parkBoth(world, line) };
  const heard = world.lines.get(/^eavesdrop:(\S+) inline$/.exec(to)?.[1] ?? "");
  if (heard === undefined) return { text: "-ERR Operation Failed\n" };
  line.hears = heard.uuid;
  return OK;
}

function recordLine(line: EslLine, verb: string, file: string): EslResult {
  if (verb === "start") line.recorded.add(file);
  return line.recorded.has(file) ? { text: "+OK Success\n" } : { text: "-ERR Cannot record session!\n" };
}

function set({ variables }: EslLine, name: string, value: string): void {
  if (value === "") variables.delete(name);
  else variables.set(name, value);
}

function channelsJson({ lines }: EslWorld): string {
  const rows = [...lines.values()].map(({ uuid, name, state, inbound }) => ({
    uuid,
    direction: inbound ? "inbound" : "outbound",
    name,
    callstate: state,
  }));
  return `${JSON.stringify(rows.length === 0 ? { row_count: 0 } : { row_count: rows.length, rows })}\n`;
}

function joined(world: EslWorld, line: EslLine, other: EslLine | undefined): EslResult {
  if (other === undefined) return { text: "-ERR Invalid uuid\n" };
  return { text: `+OK ${other.uuid}\n`, effect: () => bridge(world, line, other) };
}

function parkBoth(world: EslWorld, line: EslLine): void {
  if (line.gone) return;
  line.variables.set("transfer_source", `${Math.floor(world.now() / 1000)}:x:bl_xfer:park/default/inline`);
  part(world, line, (other) => park(world, other));
  park(world, line);
}

function answerLine(world: EslWorld, line: EslLine): void {
  if (line.gone || line.state === "ACTIVE") return;
  silence(world, line, true);
  line.state = "ACTIVE";
  tellOf(world, line, "CHANNEL_ANSWER");
}

/** `{a=b,c='d'}endpoint &park()` */
function originate(world: EslWorld, book: PhoneBook, command: string): EslResult {
  const [, list = "", endpoint = ""] = /^originate \{([^}]*)\}(\S+) &park\(\)$/.exec(command) ?? [];
  const variables = new Map(
    list.split(",").map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1).replace(/^'|'$/g, "")]),
  );
  const [, extension = "", number = ""] = /^(?:user\/([^/]+)|sofia\/gateway\/trunk\/([^/]+))$/.exec(endpoint) ?? [];
  const behaviour = extension === "" && number === "" ? undefined : book.behaviour(extension, number);
  if (behaviour === undefined) return { text: "-ERR SUBSCRIBER_ABSENT\n" };
  if (behaviour === "not_there") return { text: "-ERR USER_NOT_REGISTERED\n" };
  const uuid = variables.get("origination_uuid") ?? "";
  if (world.lines.has(uuid)) return { text: "-ERR DESTINATION_OUT_OF_ORDER\n" };
  const { promise, resolve } = Promise.withResolvers<string>();
  const effect = () => {
    const callerNumber = variables.get("origination_caller_id_number") ?? "";
    const callerName = variables.get("origination_caller_id_name") ?? "";
    const name = `sofia/internal/${extension || number}@127.0.0.1:5060`;
    const line = openLine(world, { uuid, name, extension, destination: extension || number, callerNumber, callerName, variables });
    line.failed = (cause) => resolve(`-ERR ${cause}\n`);
    line.answered = () => {
      park(world, line);
      resolve(`+OK ${uuid}\n`);
    };
    const seconds = Number(variables.get("originate_timeout") ?? "60");
    book.later(seconds * 1000, () => line.state === "RINGING" && hangUp(world, line, "exchange", "NO_ANSWER"));
    ring(world, book, line, behaviour);
  };
  return { text: promise, effect };
}

/** Rings; what the phone does by itself follows. */
export function ring(world: EslWorld, { later }: PhoneBook, line: EslLine, behaviour: PhoneBehaviour): void {
  line.state = "RINGING";
  const extension = line.extension || line.destination;
  world.witness({ kind: "rings", phone: line.uuid, extension, number: line.callerNumber });
  tellOf(world, line, "CHANNEL_PROGRESS");
  if (typeof behaviour === "string") return;
  if ("answerMs" in behaviour) later(behaviour.answerMs, () => pickUp(world, line));
  if ("busyMs" in behaviour) later(behaviour.busyMs, () => line.state === "RINGING" && hangUp(world, line, "party", "USER_BUSY"));
  if ("rejectMs" in behaviour) later(behaviour.rejectMs, () => line.state === "RINGING" && hangUp(world, line, "party", "CALL_REJECTED"));
}

/** Picked up: whoever dialled it goes on. */
export function pickUp(world: EslWorld, line: EslLine): void {
  if (line.gone || line.state !== "RINGING") return;
  answerLine(world, line);
  line.answered();
}
