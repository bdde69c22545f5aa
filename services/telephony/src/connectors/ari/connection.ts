import { DomainError } from "@trunkline/errors";
import { unavailable } from "../pbx/errors.ts";
import type { RoutedConnection } from "../routed/connection.ts";
import { openRouted, ROUTED_TIMING, type RoutedSetup } from "../routed/open.ts";
import { ariBridge, ariChannel, ariTime } from "./events.ts";
import { ariHttp } from "./http.ts";
import { sendOrder } from "./orders.ts";
import { watchQuality } from "./quality.ts";
import { openAriSession } from "./session.ts";

export type { RoutedConnection } from "../routed/connection.ts";

export type AriConnectionOptions = RoutedSetup & {
  /** http://host:port/ari, or https. User and secret are not part of it. */
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  /** The Stasis application, "trunkline". */
  readonly app: string;
};

type Pong = { readonly timestamp?: unknown } | null | undefined;

/** @throws DomainError pbx_url_invalid */
function checkedUrl(text: string): void {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.search === "") return;
  throw new DomainError(
    "invalid",
    "pbx_url_invalid",
    "the PBX's address is http://host:port/ari, without user and secret: correct the settings",
  );
}

/**
 * A connection to an Asterisk's REST interface, where callers wait in our Stasis application; see openRouted.
 * @throws DomainError pbx_url_invalid, pbx_endpoint_invalid
 */
export function openAriConnection(options: AriConnectionOptions): RoutedConnection {
  checkedUrl(options.url);
  const timing = { ...ROUTED_TIMING, ...options.timing };
  const http = ariHttp(options);
  const { app, onTraffic } = options;
  const { connectMs, pingMs, maxRetryMs, actionMs } = timing;
  return openRouted(options, timing, {
    app,
    time: async (_, deadlineMs) => ariTime(((await http.send({ method: "GET", path: "/asterisk/ping" }, deadlineMs)) as Pong)?.timestamp),
    open: (on) => openAriSession({ ...options, ...on, connectMs, pingMs }, http),
    lists: async (_, deadlineMs) => {
      const [channels, bridges] = await Promise.all(
        ["/channels", "/bridges"].map((path) => http.send({ method: "GET", path }, deadlineMs)),
      );
      if (!Array.isArray(channels) || !Array.isArray(bridges))
        throw unavailable("the PBX's lists are no lists: is this the address of its ARI?");
      onTraffic?.({ snapshot: { channels, bridges } });
      return { channels: channels.map(ariChannel), bridges: bridges.map(ariBridge) };
    },
    send: (order) => sendOrder(http, app, order, actionMs),
    // Two instances that take the application from each other would do nothing else: whoever lost it waits longest.
    firstPauseMs: ({ code }) => (code === "pbx_application_replaced" ? maxRetryMs : undefined),
    watch: (stream) => watchQuality({ http, ...stream, log: options.log }),
    closed: () => http[Symbol.dispose](),
  });
}
