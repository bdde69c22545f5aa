import { connect } from "node:net";
import mongoose from "mongoose";

/** A frozen server accepts connections and says nothing, so every probe has this limit. */
const LIMIT_MS = 1_000;

/** Rejects unless the server answers PING; a server that asks for a password is running too. */
export async function pingRedis(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const reply = await ask(hostname, Number(port || 6379), "PING\r\n");
  if (!/^(\+PONG|-NOAUTH)/.test(reply)) throw new Error(`no Redis: ${reply.slice(0, 80)}`);
}

/** Rejects unless the server answers a `ping` command of the real driver. */
export async function pingMongo(url: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(url, {
    serverSelectionTimeoutMS: LIMIT_MS,
    connectTimeoutMS: LIMIT_MS,
    socketTimeoutMS: LIMIT_MS,
  });
  try {
    await client.db("admin").command({ ping: 1 });
  } finally {
    await client.close();
  }
}

/** Connects, sends, and gives the first bytes of the answer. */
function ask(host: string, port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (act: () => void) => {
      socket.destroy();
      act();
    };
    socket.setTimeout(LIMIT_MS, () => end(() => reject(new Error(`${host}:${port} does not answer`))));
    socket.once("error", (error) => end(() => reject(error)));
    socket.once("data", (data) => end(() => resolve(data.toString())));
    socket.once("connect", () => socket.write(request));
  });
}
