// The agents' desktops of bench pop: sockets in a process of their own that note every pop and acknowledge it.
import WebSocket from "ws";
import { nowUs, offer } from "./worker.ts";

/** A pop as it came; `at` in microseconds of the machine's monotonic clock. */
export type Pop = {
  readonly extension: string;
  readonly number: string;
  readonly revision: number;
  readonly pending: boolean;
  readonly at: number;
};

type Said = {
  readonly type: string;
  readonly frame?: {
    readonly type: string;
    readonly revision: number;
    readonly callId: string;
    readonly offerId: string;
    readonly caller?: { readonly number: string; readonly status: string };
  };
};

const OPEN_AT_ONCE = 20;

if (import.meta.main) {
  let pops: Pop[] = [];
  const connect = (url: string, extension: string, token: string) =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.on("open", () => socket.send(JSON.stringify({ type: "hello", token })));
      socket.on("error", reject);
      socket.on("close", (code, reason) => reject(new Error(`the desktop of ${extension} was closed: ${code} ${String(reason)}`)));
      socket.on("message", (data) => {
        const at = nowUs();
        const { type, frame } = JSON.parse(String(data)) as Said;
        if (type === "welcome") resolve();
        if (frame?.type !== "pop") return;
        const { revision, caller, callId, offerId } = frame;
        pops.push({ extension, number: caller?.number ?? "", revision, pending: caller?.status === "pending", at });
        if (revision === 1) socket.send(JSON.stringify({ type: "shown", callId, offerId }));
      });
    });
  offer({
    async open(url: string, agents: readonly { extension: string; token: string }[]) {
      for (let from = 0; from < agents.length; from += OPEN_AT_ONCE) {
        await Promise.all(agents.slice(from, from + OPEN_AT_ONCE).map(({ extension, token }) => connect(url, extension, token)));
      }
    },
    forget: () => {
      pops = [];
    },
    pops: () => pops,
  });
}
