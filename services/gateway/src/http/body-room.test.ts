import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import express from "express";
import { bodyRoom } from "./body-room.ts";

let open = new AsyncDisposableStack();
afterEach(async () => {
  const last = open;
  open = new AsyncDisposableStack();
  await last.disposeAsync();
});

/** Room for four bodies of 1,000 bytes from an address. */
async function served() {
  const app = express();
  app.use(bodyRoom({ body: 1_000, address: 4_000, all: 100_000 }));
  let reading = 0;
  app.use((request, response) => {
    reading += 1;
    request.on("data", () => undefined).on("end", () => response.send("read"));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.defer(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  /** Says how long its body is, and sends none of it. */
  const announce = async (length: number): Promise<Socket> => {
    const before = reading;
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    open.defer(async () => void socket.destroy());
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`);
    while (reading === before) await new Promise((resolve) => setImmediate(resolve));
    return socket;
  };
  const post = async (body: string) => (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })).status;
  return { announce, post };
}

describe("room for bodies", () => {
  it("is kept for what is announced, refused beyond it, and free again when it has come or been given up", async () => {
    const { announce, post } = await served();
    const sockets = [await announce(1_000), await announce(900_000), await announce(1_000)];
    expect(await post("x".repeat(1_000))).toBe(200);
    expect(await post("x".repeat(1_000))).toBe(200);
    sockets.push(await announce(1_000));
    expect(await post("x")).toBe(429);
    sockets[0]?.destroy();
    let status = 429;
    while (status === 429) status = await post("x");
    expect(status).toBe(200);
    sockets[1]?.write("y".repeat(900_000));
    await once(sockets[1] as Socket, "data");
    expect(await post("x".repeat(1_000))).toBe(200);
  });

  it("is asked of no request without a body", async () => {
    const { announce, post } = await served();
    for (let n = 0; n < 4; n++) await announce(1_000);
    expect(await post("")).toBe(200);
  });
});
