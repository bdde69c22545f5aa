import { readMessage } from "./messages.ts";
import type { ServerMessage } from "./protocol.ts";

const CONNECT_MS = 10_000;
const PING_MS = 20_000;
const PONG_MS = 10_000;

export type Link = {
  send(text: string): void;
  end(): void;
};

/** One connection, from its opening to its end, which is told once; one that falls silent is ended. */
export function openLink(
  socket: WebSocket,
  hello: () => string,
  said: (message: ServerMessage) => void,
  lost: (code: number, text: string) => void,
): Link {
  let welcomed = false;
  let over = false;
  let timer = setTimeout(() => end(), CONNECT_MS);
  const end = (code = 1006, text = "") => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    socket.close();
    lost(code, text);
  };
  const expectLife = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      socket.send('{"type":"ping"}');
      timer = setTimeout(() => end(), PONG_MS);
    }, PING_MS);
  };
  socket.onopen = () => socket.send(hello());
  socket.onclose = ({ code, reason }) => end(code, reason);
  socket.onerror = () => end();
  socket.onmessage = ({ data }) => {
    if (over) return;
    const message = readMessage(data);
    if (message?.type === "welcome") welcomed = true;
    if (welcomed) expectLife();
    if (message && welcomed) said(message);
  };
  return {
    send(text) {
      if (!over) socket.send(text);
    },
    end() {
      over = true;
      clearTimeout(timer);
      socket.close(1000);
    },
  };
}
