import { DomainError, toDomainError } from "@trunkline/errors";
import { unavailable } from "../pbx/errors.ts";
import type { RoutedConnection } from "../routed/connection.ts";
import type { Measured } from "../routed/events.ts";
import { openRouted, ROUTED_TIMING, type RoutedSetup } from "../routed/open.ts";
import type { RoutedOrder } from "../routed/orders.ts";
import { legOf } from "../routed/values.ts";
import { eslBridges } from "./bridges.ts";
import { ESL_APP, translateEsl } from "./events.ts";
import { eslLists } from "./lists.ts";
import { commandsOf } from "./orders.ts";
import { checkedReply } from "./replies.ts";
import { type EslSession, openEslSession } from "./session.ts";
import { type EslEvent, header, measuredOf, msOf } from "./values.ts";

export type EslConnectionOptions = RoutedSetup & {
  readonly host: string;
  readonly port: number;
  /** The event socket's password. */
  readonly secret: string;
  /** A folder on the FreeSWITCH; without it nothing is recorded. */
  readonly recordings?: string | undefined;
};

/** @throws DomainError pbx_secret_invalid */
function checkedSecret(secret: string): void {
  if (secret !== "" && !/[\r\n\0]/.test(secret)) return;
  throw new DomainError("invalid", "pbx_secret_invalid", "the event socket's password is one line and not empty: correct the settings");
}

function tellQuality(event: EslEvent, measured: (channel: string, quality: Measured) => void): void {
  if (header(event, "Event-Name") !== "CHANNEL_HANGUP_COMPLETE") return;
  const id = header(event, "Unique-ID");
  const quality = measuredOf(event);
  if (quality !== undefined && legOf(id) === undefined) measured(id, quality);
}

/**
 * A connection to a FreeSWITCH's event socket, where the dial plan parks callers for us; see openRouted.
 * @throws DomainError pbx_secret_invalid, pbx_endpoint_invalid
 */
export function openEslConnection(options: EslConnectionOptions): RoutedConnection {
  checkedSecret(options.secret);
  const timing = { ...ROUTED_TIMING, ...options.timing };
  const bridges = eslBridges();
  let session: EslSession | undefined;

  async function run(commands: readonly string[]): Promise<void> {
    if (session === undefined) throw unavailable("not connected to the PBX: try again when it is");
    for (const [i, command] of commands.entries()) {
      const done = session.job(command, timing.actionMs);
      // The first is the order; what follows it only makes it last over our restart.
      if (i === 0) await done;
      else done.catch((error: unknown) => options.log.debug({ code: toDomainError(error).code }, "a variable was not set on the PBX"));
    }
  }

  /** Its result comes when the phone is picked up, or not: as an event. The job is named after the line. */
  async function dial(order: Extract<RoutedOrder, { do: "dial" }>): Promise<void> {
    if (session === undefined) throw unavailable("not connected to the PBX: try again when it is");
    const [command = ""] = commandsOf(order);
    checkedReply("originate", await session.command(`bgapi ${command}`, "originate", timing.actionMs, order.channel));
  }

  async function send(order: RoutedOrder): Promise<boolean> {
    if (order.do === "dial") await dial(order);
    else if (order.do === "join") await run(commandsOf(order, { members: bridges.join(order.bridge, order.channels) }));
    else {
      if (order.do === "leave") bridges.leave(order.bridge, order.channels);
      if (order.do === "end_bridge") bridges.end(order.bridge);
      await run(commandsOf(order, { recordings: options.recordings }));
    }
    return true;
  }

  return openRouted<EslSession>(options, timing, {
    app: ESL_APP,
    time: async (from, deadlineMs) => msOf((await from.command("api strmicroepoch", "ask the time", deadlineMs)).trim()),
    open: async ({ onEvent, measured, ...on }) => {
      const { host, port, secret } = options;
      const { connectMs, pingMs } = timing;
      session = await openEslSession({
        host,
        port,
        secret,
        connectMs,
        pingMs,
        ...on,
        onEvent: (event, frame) => {
          // Before the end of the line, which ends the call.
          tellQuality(event, measured);
          for (const one of translateEsl(event)) {
            bridges.take(one);
            onEvent(one, frame);
          }
        },
      });
      return session;
    },
    lists: async (from, deadlineMs) => {
      const lists = await eslLists(from, deadlineMs);
      options.onTraffic?.({ snapshot: lists });
      bridges.reset(lists.bridges);
      return lists;
    },
    send,
  });
}
