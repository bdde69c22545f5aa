// The limit of bench pop: one process that does nothing but parse, look up in memory and send a frame built beforehand.
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { knownNumber, numbersOf } from "./customers.ts";
import { PBX_USER } from "./exchange.ts";
import { offer } from "./worker.ts";

const AGENT = /^Interface: PJSIP\/(?:agent)?(\S+)\r$/m;
const CALLER = /^CallerIDNum: (\S+)\r$/m;

function frame(number: string, name: string, certainty: string): string {
  const card = {
    customerId: "0193f2a4-7b1c-7c3e-9a55-1f0e8d6b4c21",
    name,
    grade: "A",
    alerts: [],
    reasons: ["phone_exact"],
    openRequests: [],
    lastContacts: [],
    assets: [],
    assetCount: 0,
  };
  const caller = { status: "identified", certainty, number: `+86${number}`, matches: certainty === "sure" ? [card] : [] };
  const pop = {
    type: "pop",
    key: "pop:0193f2a4-7b1c-5c3e-9a55-1f0e8d6b4c21",
    revision: 1,
    callId: "c",
    offerId: "o",
    queue: "support",
    ringingSince: Date.now(),
    actions: [],
    verdict: "",
    caller,
  };
  return JSON.stringify({ type: "frame", id: "1", frame: pop });
}

if (import.meta.main) {
  const frames = new Map<string, string>();
  const sockets = new Map<string, WebSocket>();
  const handle = (event: string) => {
    if (!event.startsWith("Event: AgentCalled")) return;
    const number = CALLER.exec(event)?.[1] ?? "";
    // A stranger's frame differs only in the number: it is what "built beforehand" can mean for whoever is not known.
    sockets.get(AGENT.exec(event)?.[1] ?? "")?.send(frames.get(number) ?? frame(number, "", "none"));
  };
  offer({
    async open(port: number, customers: number) {
      for (let n = 0; n < numbersOf(customers); n++) frames.set(knownNumber(n), frame(knownNumber(n), `客户${n}`, "sure"));
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
      server.on("connection", (socket) =>
        socket.on("message", (data) => {
          const { type, token } = JSON.parse(String(data)) as { type: string; token: string };
          if (type !== "hello") return;
          sockets.set(token, socket);
          socket.send('{"type":"welcome"}');
        }),
      );
      await once(server, "listening");
      const pbx = connect(port, "127.0.0.1");
      let text = "";
      pbx.setEncoding("latin1").on("data", (chunk: string) => {
        text += chunk;
        const events = text.split("\r\n\r\n");
        text = events.pop() ?? "";
        for (const event of events) handle(event);
      });
      pbx.write(`Action: Login\r\nUsername: ${PBX_USER.user}\r\nSecret: ${PBX_USER.secret}\r\n\r\n`);
      return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  });
}
