import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { expect, it } from "@jest/globals";
import { WebSocket, WebSocketServer } from "ws";
import { textFrame } from "./text-frame.ts";

it("is read by a WebSocket client as the text it was made of, at every length that a header tells differently", async () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000];
  const texts = [...lengths.map((length) => "x".repeat(length)), "李娜来电，", "é".repeat(63), "客".repeat(30_000), "👋"];
  const server = new WebSocketServer({ port: 0 });
  server.on("connection", (socket, { socket: line }: { socket: Socket }) => {
    for (const text of texts) line.write(textFrame(text));
    // What ws sends goes between them.
    socket.send("last");
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const got: string[] = [];
  client.on("message", (data, binary) => got.push(binary ? "binary" : String(data)));
  while (got.at(-1) !== "last") await once(client, "message");
  client.terminate();
  server.close();
  expect(got).toEqual([...texts, "last"]);
});
