import { connect, type NetConnectOpts } from "node:net";
import mongoose from "mongoose";

/** A frozen server accepts connections and says nothing, so every probe has this limit. */
const LIMIT_MS = 1_000;

/** Rejects unless the server answers PING; a server that asks for a password is running too. */
export async function pingRedis(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const reply = await ask({ host: hostname, port: Number(port || 6379) }, "PING\r\n");
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
export function ask(at: NetConnectOpts, request: string, limitMs = LIMIT_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(at);
    const end = (act: () => void) => {
      socket.destroy();
      act();
    };
    const where = "path" in at ? at.path : `${at.host}:${at.port}`;
    socket.setTimeout(limitMs, () => end(() => reject(new Error(`${where} does not answer`))));
    socket.once("error", (error) => end(() => reject(error)));
    // Docker's own end of a published port accepts, and hangs up when nothing listens in the container.
    socket.once("close", () => reject(new Error(`${where} hung up`)));
    socket.once("data", (data) => end(() => resolve(data.toString())));
    socket.once("connect", () => socket.write(request));
  });
}
