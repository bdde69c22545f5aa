import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openAriConnection, type RoutedConnection } from "@trunkline/telephony-service/ari";
import { commandLine } from "../cli/command-line.ts";
import { type AmiLine, openLine } from "./record-ami.ts";
import { ARI_SCENARIOS } from "./record-ari-scenarios.ts";
import { CALLER_PORT } from "./record-cast.ts";
import { openSipPhone, type SipPhone } from "./sip-phone.ts";

/**
 * Records what goes between our ARI connector and a real Asterisk while scripted phones call, as fixtures: one JSON line for each event,
 * list and answer in the order in which the connector took them, and for each order that it sent. The PBX needs the set-up described in
 * services/telephony/fixtures/README.md.
 */
type CallKey = Parameters<RoutedConnection["hangUp"]>[0];

/** What a scenario plays with. */
export type AriCast = {
  readonly caller: SipPhone;
  readonly phone: (extension: number) => SipPhone;
  /** Opens a phone of an agent at a second address, from which the PBX takes calls as that agent's. */
  readonly desk: (extension: number) => Promise<SipPhone>;
  readonly pbx: RoutedConnection;
  /** The manager port, for what is done to the PBX from elsewhere. */
  readonly control: AmiLine;
  /** The next call that comes to wait (again). */
  readonly waiting: () => Promise<CallKey>;
  /** Resolves when a fact of this kind has come since the last time that one of this kind was waited for. */
  readonly told: (kind: string) => Promise<void>;
  /** No bytes any more between connector and PBX, until the result is called. */
  readonly cut: () => () => Promise<void>;
};

export type AriScenario = (cast: AriCast) => Promise<void>;

type Pbx = { readonly host: string; readonly ari: number; readonly user: string; readonly secret: string; readonly sip: number };

const DEADLINE_MS = 60_000;

/** Stands between connector and PBX, so that a recording can cut the two apart. */
async function openWire(pbx: Pbx): Promise<{ port: number; cut: () => () => void } & Disposable> {
  const sockets = new Set<Socket>();
  let cutOff = false;
  const server = createServer((near) => {
    if (cutOff) return near.destroy();
    const far = connect(pbx.ari, pbx.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    cutOff = true;
    for (const socket of sockets) socket.destroy();
    return () => {
      cutOff = false;
    };
  };
  return { port: (server.address() as AddressInfo).port, cut, [Symbol.dispose]: () => server.close(cut()) };
}

/** What was told, to be waited for. */
function notebook() {
  const told: { kind: string; callKey?: CallKey }[] = [];
  const read = new Map<string, number>();
  async function next(kind: string): Promise<CallKey | undefined> {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(5)) {
      const from = read.get(kind) ?? 0;
      const at = told.findIndex((fact, i) => i >= from && fact.kind === kind);
      if (at < 0) continue;
      read.set(kind, at + 1);
      return told[at]?.callKey;
    }
    throw new Error(`not told in ${DEADLINE_MS} ms: ${kind}`);
  }
  return { told, next };
}

async function record(name: string, pbx: Pbx, control: AmiLine): Promise<string[]> {
  const play = ARI_SCENARIOS[name];
  if (play === undefined) throw new Error(`no scenario ${name}: ${Object.keys(ARI_SCENARIOS).join(", ")}`);
  await using open = new AsyncDisposableStack();
  const at = async (port: number, host: string) => open.use(await openSipPhone({ port, host, pbxPort: pbx.sip }));
  const caller = await at(CALLER_PORT, "127.0.0.1");
  const phones = new Map<number, SipPhone>();
  for (const extension of [1001, 1002]) phones.set(extension, await at(14_000 + extension, "127.0.0.1"));
  using wire = await openWire(pbx);
  const lines: string[] = [];
  const { told, next } = notebook();
  const silent = () => undefined;
  const connection = openAriConnection({
    url: `http://127.0.0.1:${wire.port}/ari`,
    user: pbx.user,
    secret: pbx.secret,
    app: "trunkline",
    endpoint: "PJSIP/agent{extension}",
    now: Date.now,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    timing: { retryMs: 50, maxRetryMs: 100 },
    accept: (_, offerId) => Promise.resolve(!offerId.startsWith("stale")),
    onFacts: (facts) => void told.push(...facts),
    onTraffic: (line) => void lines.push(lineOf(line)),
  });
  open.use(connection);
  await connection.ready(DEADLINE_MS);
  const waiting = async () => {
    const key = await next("call_queued");
    if (key === undefined) throw new Error("a call without a key");
    return key;
  };
  const cut = () => {
    const mend = wire.cut();
    return async () => {
      mend();
      await sleep(50);
      await connection.ready(DEADLINE_MS);
    };
  };
  const phone = (extension: number) => phones.get(extension) ?? caller;
  const desk = (extension: number) => at(14_000 + extension, "127.0.0.2");
  await play({ caller, phone, desk, pbx: connection, control, waiting, told: async (kind) => void (await next(kind)), cut });
  await sleep(500);
  return lines;
}

/** Events stand as JSON in the line; what identifies the machine does not. */
function lineOf(line: object): string {
  const text = "event" in line ? `{"at":${Date.now()},"event":${line.event}}` : JSON.stringify({ at: Date.now(), ...line });
  return text.replaceAll(/"asterisk_id":"[^"]*"/g, '"asterisk_id":"pbx"');
}

if (import.meta.main) {
  const { values, positionals } = commandLine(
    "node record-ari.ts [scenario ...] [--host H] [--port N] [--ami N] [--user U] [--secret S] [--sip N] [--out DIR]",
    {
      allowPositionals: true,
      options: {
        host: { type: "string", default: "127.0.0.1" },
        port: { type: "string", default: "8088" },
        ami: { type: "string", default: "5038" },
        user: { type: "string", default: "cti" },
        secret: { type: "string", default: "" },
        sip: { type: "string", default: "5060" },
        out: { type: "string", default: "." },
      },
    },
  );
  const { host, user, secret } = values;
  using control = await openLine({ host, port: Number(values.ami), user, secret }, "off");
  for (const name of positionals.length > 0 ? positionals : Object.keys(ARI_SCENARIOS)) {
    const lines = await record(name, { host, ari: Number(values.port), user, secret, sip: Number(values.sip) }, control);
    await writeFile(join(values.out, `${name}.jsonl`), `${lines.join("\n")}\n`);
    process.stderr.write(`${name}: ${lines.length} lines\n`);
  }
}
