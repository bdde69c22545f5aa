import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import smpp, { type Pdu, type PduFields, type Session } from "smpp";
import type { Receipt } from "../domain/message-outcome.ts";
import { resources, until } from "../engine.test-support.ts";
import { openSmppChannel } from "./smpp-channel.ts";

const { use, close } = resources();
afterEach(close);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const sms = { messageId: "m1", to: "+8613800000000", subject: "", body: "hello", unsubscribeUrl: "" };

/** A centre that answers each submit as it is told, and remembers what comes. */
async function centre(answer: (session: Session, submit: Pdu) => void = () => undefined) {
  const seen: Pdu[] = [];
  const sessions: Session[] = [];
  const server = smpp.createServer((session) => {
    sessions.push(session);
    session.on("error", () => session.destroy());
    session.on("pdu", (pdu: Pdu) => {
      seen.push(pdu);
      if (pdu.command === "bind_transceiver") session.send(pdu.response());
      if (pdu.command === "submit_sm") answer(session, pdu);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  use({
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const receipts: Receipt[] = [];
  const channel = use(
    openSmppChannel({
      url: `smpp://u:p@127.0.0.1:${(server.address() as { port: number }).port}`,
      version: "3.4",
      sender: "10690000",
      window: 5,
      log: silent,
      onReceipt: async (receipt) => void receipts.push(receipt),
      onMessage: async () => undefined,
    }),
  );
  await until("it is bound", channel.ready);
  return { channel, seen, sessions, receipts, binds: () => seen.filter(({ command }) => command === "bind_transceiver") };
}

describe("the SMS centre", () => {
  it("hears which protocol we speak", async () => {
    const { binds } = await centre();
    expect(binds()[0]?.interface_version).toBe(0x34);
  });

  it.each<[string, (submit: Pdu) => Pdu]>([
    ["0x04", (submit) => submit.response({ command_status: 0x04 })],
    ["0x03", (submit) => submit.response({ command_status: 0x03 })],
    ["a nack", (submit) => new smpp.PDU("generic_nack", { command_status: 0x03, sequence_number: submit.sequence_number })],
  ])("that answers a submit with %s keeps the message for later, and is bound anew", async (_, answer) => {
    const { channel, binds } = await centre((session, submit) => session.send(answer(submit)));
    expect(await channel.submit(sms)).toMatchObject({ kind: "failed", retryable: true });
    expect(channel.ready()).toBe(false);
    await until("it is bound again", () => binds().length === 2);
  });

  it("that does not take the number says so of the recipient alone", async () => {
    const { channel } = await centre((session, submit) => session.send(submit.response({ command_status: 0x0b })));
    expect(await channel.submit(sms)).toMatchObject({ kind: "failed", retryable: false, unreachable: true });
    expect(channel.ready()).toBe(true);
  });

  it("gets an answer to data_sm, which may be a receipt, and to commands that nobody knows", async () => {
    const { sessions, seen, receipts } = await centre();
    const [session] = sessions as [Session];
    const text = "id:77 stat:DELIVRD err:000";
    session.data_sm({ esm_class: 4, data_coding: 0, message_payload: Buffer.from(text) } as PduFields, () => undefined);
    await until("data_sm is answered", () => seen.some(({ command }) => command === "data_sm_resp"));
    expect(receipts).toEqual([{ providerId: "77", outcome: "delivered", reason: "" }]);
    session.send(new smpp.PDU("query_sm", {}));
    await until("what we do not do is answered", () => seen.some(({ command }) => command === "query_sm_resp"));
  });

  it("gets a nack for a command of no table", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        heard.push(chunk);
        if (heard.length > 1) return;
        const sequence = chunk.subarray(12, 16);
        socket.write(Buffer.concat([Buffer.from([0, 0, 0, 17, 0x80, 0, 0, 9, 0, 0, 0, 0]), sequence, Buffer.from([0])]));
        socket.write(Buffer.from([0, 0, 0, 16, 0, 0, 0x77, 0x77, 0, 0, 0, 0, 0, 0, 0, 9]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    use({ [Symbol.asyncDispose]: async () => void server.close() });
    use(
      openSmppChannel({
        url: `smpp://u:p@127.0.0.1:${(server.address() as { port: number }).port}`,
        version: "3.4",
        sender: "",
        window: 1,
        log: silent,
        onReceipt: async () => undefined,
        onMessage: async () => undefined,
      }),
    );
    await until("it is answered", () => heard.length > 1);
    expect(heard[1]?.toString("hex")).toBe("00000010800000000000000300000009");
  });
});
