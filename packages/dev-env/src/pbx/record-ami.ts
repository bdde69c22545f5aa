import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "../cli/command-line.ts";
import { CALLER_PORT, setTheStage } from "./record-cast.ts";
import { SCENARIOS } from "./record-scenarios.ts";
import { openSipPhone, type SipPhone } from "./sip-phone.ts";

/**
 * Records what a real Asterisk sends on its manager port while scripted phones call through it, as fixtures: raw bytes from the server, from
 * the greeting on. What this side sends (the log-in) is not in them. The PBX needs the set-up described in
 * services/telephony/fixtures/README.md.
 */
export type AmiLine = Disposable & {
  /** Everything received so far. */
  bytes(): Buffer;
  /** Sends one action and waits for its response frame. */
  act(action: Readonly<Record<string, string>>): Promise<string>;
  /** Resolves when the text has come since the last match. */
  seen(text: string): Promise<void>;
};

export type PbxAddress = { readonly host: string; readonly port: number; readonly user: string; readonly secret: string };

const DEADLINE_MS = 60_000;

export async function openLine(pbx: PbxAddress, events: string): Promise<AmiLine> {
  const socket: Socket = connect(pbx.port, pbx.host);
  await once(socket, "connect", { signal: AbortSignal.timeout(5000) });
  const chunks: Buffer[] = [];
  let text = "";
  let matched = 0;
  let count = 0;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    text += chunk.toString("latin1");
  });

  async function find(part: string, from: number): Promise<number> {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(5)) {
      const at = text.indexOf(part, from);
      if (at >= 0) return at;
    }
    throw new Error(`not seen in ${DEADLINE_MS} ms: ${part}`);
  }
  const line: AmiLine = {
    bytes: () => Buffer.concat(chunks),
    act: async (action) => {
      const id = `rec-${++count}`;
      const from = text.length;
      socket.write(
        `${Object.entries({ ...action, ActionID: id })
          .map(([key, value]) => `${key}: ${value}\r\n`)
          .join("")}\r\n`,
      );
      const at = await find(`ActionID: ${id}\r\n`, from);
      // What has come by then, not what had when the answer began.
      const end = await find("\r\n\r\n", at);
      return text.slice(text.lastIndexOf("\r\n\r\n", at) + 4, end);
    },
    seen: async (part) => {
      matched = (await find(part, matched)) + part.length;
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
  await line.act({ Action: "Login", Username: pbx.user, Secret: pbx.secret, Events: events });
  return line;
}

async function record(name: string, pbx: PbxAddress, sipPort: number): Promise<Buffer> {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}: ${Object.keys(SCENARIOS).join(", ")}`);
  await using phones = new AsyncDisposableStack();
  const at = async (port: number, host: string) => phones.use(await openSipPhone({ port, host, pbxPort: sipPort }));
  const caller = await at(CALLER_PORT, "127.0.0.1");
  const open = new Map<number, SipPhone>();
  for (const extension of scenario.phones ?? scenario.members) open.set(extension, await at(14_000 + extension, "127.0.0.1"));
  const phone = (extension: number) => {
    const found = open.get(extension);
    if (found === undefined) throw new Error(`scenario ${name} has no phone ${extension}`);
    return found;
  };
  using control = await openLine(pbx, "off");
  await setTheStage(control, scenario.members);
  await sleep(500);
  using recording = await openLine(pbx, "on");
  await scenario.play({ caller, phone, desk: (extension) => at(14_000 + extension, "127.0.0.2"), control, recording });
  await sleep(1000);
  return recording.bytes();
}

if (import.meta.main) {
  const { values, positionals } = commandLine(
    "node record-ami.ts [scenario ...] [--host H] [--port N] [--user U] [--secret S] [--sip N] [--out DIR]",
    {
      allowPositionals: true,
      options: {
        host: { type: "string", default: "127.0.0.1" },
        port: { type: "string", default: "5038" },
        user: { type: "string", default: "cti" },
        secret: { type: "string", default: "" },
        sip: { type: "string", default: "5060" },
        out: { type: "string", default: "." },
      },
    },
  );
  const pbx = { host: values.host, port: Number(values.port), user: values.user, secret: values.secret };
  for (const name of positionals.length > 0 ? positionals : Object.keys(SCENARIOS)) {
    const bytes = await record(name, pbx, Number(values.sip));
    await writeFile(join(values.out, `${name}.ami`), bytes);
    process.stderr.write(`${name}: ${bytes.length} bytes\n`);
  }
}
