import { randomUUID } from "node:crypto";
import type { AriTruth, Ending } from "./ari-sim-world.ts";

/**
 * What the simulated FreeSWITCH is made of, and how its events spell it: headers as FreeSWITCH's documentation and source give them. It was
 * never held against a real one.
 */

export type EslLine = {
  readonly uuid: string;
  readonly name: string;
  /** Of an agent's phone, "" for lines to outside. */
  readonly extension: string;
  readonly inbound: boolean;
  readonly callerNumber: string;
  readonly callerName: string;
  /** The number is not to be shown. */
  readonly hidden: boolean;
  /** Who was dialled. */
  destination: string;
  state: "DOWN" | "RINGING" | "ACTIVE" | "HELD";
  readonly variables: Map<string, string>;
  readonly since: number;
  /** Files that its sound goes to. */
  readonly recorded: Set<string>;
  /** The line that it listens to; it ends with that. */
  hears: string;
  partner: string;
  /** Of a pair, the one whose line the events are about. */
  leads: boolean;
  gone: boolean;
  /** What whoever dialled it does then. */
  answered: () => void;
  failed: (cause: string) => void;
};

export type EslWorld = {
  readonly now: () => number;
  readonly lines: Map<string, EslLine>;
  readonly tell: (name: string, headers: Readonly<Record<string, string>>) => void;
  readonly witness: (truth: AriTruth) => void;
  sequence: number;
};

export function openLine(world: EslWorld, of: Partial<EslLine> & Pick<EslLine, "name" | "extension" | "destination">): EslLine {
  const line: EslLine = {
    uuid: randomUUID(),
    inbound: false,
    callerNumber: "",
    callerName: "",
    hidden: false,
    state: "DOWN",
    variables: new Map(),
    since: world.now(),
    recorded: new Set(),
    hears: "",
    partner: "",
    leads: false,
    gone: false,
    answered: () => undefined,
    failed: () => undefined,
    ...of,
  };
  world.lines.set(line.uuid, line);
  tellOf(world, line, "CHANNEL_CREATE");
  return line;
}

const microseconds = (ms: number) => `${ms}000`;

/** What every event about a line carries, its variables with it. */
export function headersOf(world: EslWorld, line: EslLine): Record<string, string> {
  const direction = line.inbound ? "inbound" : "outbound";
  const answered = line.state === "ACTIVE" || line.state === "HELD";
  const other = world.lines.get(line.partner);
  return {
    "Channel-State": answered ? "CS_EXECUTE" : "CS_CONSUME_MEDIA",
    "Channel-Call-State": line.gone ? "HANGUP" : line.state,
    "Channel-Name": line.name,
    "Unique-ID": line.uuid,
    "Call-Direction": direction,
    "Channel-Call-UUID": line.leads || other === undefined ? line.uuid : other.uuid,
    "Answer-State": line.gone ? "hangup" : answered ? "answered" : "ringing",
    "Caller-Direction": direction,
    "Caller-Caller-ID-Name": line.callerName || line.callerNumber,
    "Caller-Caller-ID-Number": line.callerNumber,
    "Caller-Destination-Number": line.destination,
    "Caller-Unique-ID": line.uuid,
    "Caller-Channel-Name": line.name,
    "Caller-Channel-Created-Time": microseconds(line.since),
    "Caller-Privacy-Hide-Name": String(line.hidden),
    "Caller-Privacy-Hide-Number": String(line.hidden),
    ...(other === undefined
      ? {}
      : {
          "Other-Type": "originatee",
          "Other-Leg-Unique-ID": other.uuid,
          "Other-Leg-Channel-Name": other.name,
          "Other-Leg-Destination-Number": other.destination,
        }),
    ...Object.fromEntries([...line.variables].map(([name, value]) => [`variable_${name}`, value])),
  };
}

export function tellOf(world: EslWorld, line: EslLine, name: string, more: Readonly<Record<string, string>> = {}): void {
  world.tell(name, { ...headersOf(world, line), ...more });
}

/** Headers of every event. */
export function eventOf(world: EslWorld, name: string, headers: Readonly<Record<string, string>>): Record<string, string> {
  const at = world.now();
  return {
    "Event-Name": name,
    "Core-UUID": "5f1c0b2e-0000-4000-8000-000000000000",
    "FreeSWITCH-Hostname": "simulated",
    "Event-Date-GMT": new Date(at).toUTCString(),
    "Event-Date-Timestamp": microseconds(at),
    "Event-Sequence": String(++world.sequence),
    ...headers,
  };
}

function pair(world: EslWorld, kind: "met" | "parted", one: EslLine, other: EslLine): void {
  const [line, phone] = one.extension === "" ? [one, other] : [other, one];
  if (line.extension !== "" || phone.extension === "") return;
  world.witness({ kind, caller: line.uuid, phone: phone.uuid, extension: phone.extension });
}

export function park(world: EslWorld, line: EslLine): void {
  if (!line.gone) tellOf(world, line, "CHANNEL_PARK");
}

/** Both hear each other from now on; events are about `one`. */
export function bridge(world: EslWorld, one: EslLine, other: EslLine): void {
  part(world, one, () => undefined);
  part(world, other, () => undefined);
  if (one.gone || other.gone) return;
  Object.assign(one, { partner: other.uuid, leads: true });
  Object.assign(other, { partner: one.uuid, leads: false });
  for (const [line, source] of [
    [one, other],
    [other, one],
  ] as const) {
    line.variables.set("transfer_source", `${Math.floor(world.now() / 1000)}:${randomUUID()}:uuid_br:${source.uuid}`);
    line.variables.set("bridge_uuid", source.uuid);
  }
  tellOf(world, one, "CHANNEL_BRIDGE", { "Bridge-A-Unique-ID": one.uuid, "Bridge-B-Unique-ID": other.uuid });
  pair(world, "met", one, other);
}

/** The pair is no more; `then` says what becomes of the other one. */
export function part(world: EslWorld, line: EslLine, then: (other: EslLine) => void): void {
  const other = world.lines.get(line.partner);
  if (other === undefined) return;
  const [first, second] = line.leads ? [line, other] : [other, line];
  const about = headersOf(world, first);
  for (const one of [line, other]) one.partner = "";
  world.tell("CHANNEL_UNBRIDGE", { ...about, "Bridge-A-Unique-ID": first.uuid, "Bridge-B-Unique-ID": second.uuid });
  pair(world, "parted", line, other);
  then(other);
}

const Q850: Readonly<Record<string, number>> = { NORMAL_CLEARING: 16, USER_BUSY: 17, NO_ANSWER: 19, CALL_REJECTED: 21 };

/** A line goes down, with all that is told of it. */
export function hangUp(world: EslWorld, line: EslLine, by: Ending, cause: string): void {
  if (line.gone) return;
  line.gone = true;
  const unanswered = line.state === "DOWN" || line.state === "RINGING";
  silence(world, line, false);
  let alone: EslLine | undefined;
  part(world, line, (other) => {
    if (other.variables.get("park_after_bridge") === "true") park(world, other);
    else alone = other;
  });
  const causes = { "Hangup-Cause": cause };
  tellOf(world, line, "CHANNEL_HANGUP", causes);
  for (const file of line.recorded) {
    tellOf(world, line, "RECORD_STOP", { "Record-File-Path": file, variable_record_ms: String(world.now() - line.since) });
  }
  world.lines.delete(line.uuid);
  const q850 = String(Q850[cause] ?? 16);
  const measured = {
    variable_rtp_audio_in_mos: "4.32",
    variable_rtp_audio_in_packet_count: "990",
    variable_rtp_audio_in_skip_packet_count: "10",
  };
  tellOf(world, line, "CHANNEL_HANGUP_COMPLETE", {
    ...causes,
    ...(unanswered ? {} : measured),
    variable_hangup_cause: cause,
    variable_hangup_cause_q850: q850,
  });
  for (const one of [...world.lines.values()].filter(({ hears }) => hears === line.uuid)) hangUp(world, one, "exchange", "NORMAL_CLEARING");
  if (alone !== undefined) hangUp(world, alone, "exchange", cause);
  if (unanswered) line.failed(cause);
  const { uuid, extension } = line;
  world.witness(extension === "" ? { kind: "caller_gone", caller: uuid, by } : { kind: "phone_gone", phone: uuid, extension, by });
}

export function calledAs({ extension, destination }: EslLine): string {
  return extension === "" ? destination : extension;
}

/** The bell of a phone stops. */
export function silence(world: EslWorld, line: EslLine, answered: boolean): void {
  if (!line.inbound && line.state === "RINGING") world.witness({ kind: "silent", phone: line.uuid, extension: calledAs(line), answered });
}
