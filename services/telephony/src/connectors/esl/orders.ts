import { DomainError } from "@trunkline/errors";
import type { RoutedOrder } from "../routed/orders.ts";
import { endpointInvalid, legOf, listenerChannel, listenerOf, refOfBridge } from "../routed/values.ts";
import { RECORDING } from "./events.ts";

/**
 * Orders as commands of FreeSWITCH's mod_commands. A bridge of ours is a name that its lines carry in a variable; FreeSWITCH joins two lines,
 * and whoever is alone in a bridge is parked.
 */

/** What a caller hears: the music that FreeSWITCH calls "moh", and the ring of the country's exchanges. */
const MUSIC = "local_stream://moh";
const RING_BACK = "tone_stream://%(1000,4000,450);loops=-1";
const CAUSES = { normal: "NORMAL_CLEARING", no_answer: "NO_ANSWER", busy: "USER_BUSY" } as const;
/** A line whose partner goes is parked, so that we say what becomes of it. */
const STAYS = { park_after_bridge: "true", hangup_after_bridge: "false" };
const BRIDGE = "trunkline_bridge";
/** Whatever could end a value or a list of them, or is looked up. */
const NOT_IN_A_VALUE = /[,{}[\]|^'"`\\$<>();=&\r\n\0]/g;

/** `"name" <number>`, as the state machine writes it. */
function shown(callerId: string): { name: string; number: string } {
  const [, name = "", number = ""] = /^"([^"]*)" <([^<>]*)>$/.exec(callerId) ?? [];
  return { name: name.replace(NOT_IN_A_VALUE, "").trim(), number: number.replace(/[^A-Za-z0-9+*#]/g, "") };
}

function list(values: Readonly<Record<string, string>>, between: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(between);
}

/** What the line is for, read again when it is parked: a customer for whom an agent waits, or one who is to wait in a queue. */
function purposeOf([what = "", value = "", number = ""]: readonly string[]): Readonly<Record<string, string>> {
  const clean = (text: string) => text.replace(NOT_IN_A_VALUE, "");
  if (what === "agent" || what === "listener") return {};
  if (what === "customer") return { trunkline_number: clean(value) };
  return { trunkline_queue: `'${clean(what)}'`, trunkline_number: clean(number) };
}

/** @throws DomainError pbx_endpoint_invalid */
function originate({ channel, endpoint, args, callerId, timeoutS }: Extract<RoutedOrder, { do: "dial" }>): string {
  if (/[{}[\]|,^'"\s]/.test(endpoint)) throw endpointInvalid("no other brace, comma or bar");
  const { name, number } = shown(callerId);
  const values = {
    origination_uuid: channel,
    origination_caller_id_number: number,
    origination_caller_id_name: `'${name}'`,
    originate_timeout: String(timeoutS),
    // Picked up is what counts, not a network that plays something.
    ignore_early_media: "true",
    ...STAYS,
    ...purposeOf(args),
  };
  return `originate {${list(values, ",")}}${endpoint} &park()`;
}

/** The caller first: events then tell of the caller's line. */
function pairOf(members: readonly string[]): readonly string[] {
  const [one, other] = members;
  return one === undefined || other === undefined
    ? []
    : legOf(one) !== undefined && legOf(other) === undefined
      ? [other, one]
      : [one, other];
}

const VERBS = { record: "start", pause_recording: "mask", resume_recording: "unmask" } as const;

/** Both sides are heard on the caller's line. @throws DomainError recording_not_set_up */
function recording(order: Extract<RoutedOrder, { readonly name: string }>, recordings: string | undefined): string {
  if (recordings !== undefined) return `uuid_record ${order.caller} ${VERBS[order.do]} ${recordings}/${RECORDING}${order.name}.wav`;
  const text = "no folder for recordings is set for this FreeSWITCH: set `recordings` of the connection";
  throw new DomainError("rule_violated", "recording_not_set_up", text);
}

export type Around = {
  /** Who is in the order's bridge, once the order is done. */
  readonly members?: readonly string[];
  /** A folder on the FreeSWITCH. */
  readonly recordings?: string | undefined;
};

/**
 * What is sent for an order, one after the other; the first decides whether it was taken.
 * @throws DomainError pbx_endpoint_invalid, recording_not_set_up
 */
export function commandsOf(order: RoutedOrder, around: Around = {}): readonly string[] {
  const { members = [] } = around;
  switch (order.do) {
    case "answer":
      return [`uuid_answer ${order.channel}`, `uuid_setvar_multi ${order.channel} ${list(STAYS, ";")}`];
    case "hold_music":
      return [`uuid_broadcast ${order.channel} ${MUSIC} aleg`];
    case "ring_back":
      return [`uuid_broadcast ${order.channel} ${RING_BACK} aleg`];
    case "stop_music":
    case "stop_ring_back":
      return [`uuid_break ${order.channel} all`];
    case "hang_up":
      return [`uuid_kill ${order.channel} ${CAUSES[order.reason]}`];
    case "dial":
      return [originate(order)];
    case "copy": {
      // FreeSWITCH makes no copy: the supervisor's phone hears the line itself, and nobody hears the phone.
      const listener = listenerOf(order.copy);
      return listener === undefined
        ? []
        : [`uuid_transfer ${listenerChannel({ ...listener, part: "phone" })} eavesdrop:${order.channel} inline`];
    }
    case "join": {
      if (refOfBridge(order.bridge) === undefined) return [];
      const pair = pairOf(members);
      return [
        ...(pair.length === 0 ? [] : [`uuid_bridge ${pair.join(" ")}`]),
        ...members.map((channel) => `uuid_setvar ${channel} ${BRIDGE} ${order.bridge}`),
      ];
    }
    case "leave":
      return order.channels.flatMap((channel) => [`uuid_transfer ${channel} -both park inline`, `uuid_setvar ${channel} ${BRIDGE}`]);
    case "record":
    case "pause_recording":
    case "resume_recording":
      return [recording(order, around.recordings)];
    default:
      return [];
  }
}
