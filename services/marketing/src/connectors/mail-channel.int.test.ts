import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openMailChannel } from "./mail-channel.ts";
import type { OutgoingChannel } from "./outgoing-channel.ts";

/** What a server answers to each command; what is not named is agreed to. */
type Answers = Readonly<Partial<Record<"greeting" | "EHLO" | "HELO" | "MAIL" | "RCPT" | "DATA" | ".", string>>>;

const open: { servers: Server[]; sockets: Socket[]; channels: OutgoingChannel[] } = { servers: [], sockets: [], channels: [] };
afterEach(async () => {
  for (const channel of open.channels.splice(0)) await channel[Symbol.asyncDispose]();
  for (const socket of open.sockets.splice(0)) socket.destroy();
  for (const server of open.servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function channelTo(answers: Answers): Promise<OutgoingChannel> {
  const server = createServer((socket) => {
    open.sockets.push(socket);
    socket.on("error", () => undefined);
    const say = (text: string) => void socket.write(`${text}\r\n`);
    let inText = false;
    say(answers.greeting ?? "220 ready");
    let rest = "";
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (inText && line !== ".") continue;
        inText = false;
        const command = (line === "." ? "." : line.slice(0, 4).toUpperCase()) as keyof Answers;
        const answer = answers[command] ?? (command === "DATA" ? "354 go on" : "250 ok");
        inText = command === "DATA" && answer.startsWith("3");
        say(answer);
      }
    });
  });
  open.servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const channel = openMailChannel({ url: `smtp://127.0.0.1:${port}`, from: "us@example.test", connections: 1 });
  open.channels.push(channel);
  return channel;
}

const mail = { messageId: "m1", to: "somebody@example.test", subject: "s", body: "b", unsubscribeUrl: "" };

describe("a mail server that refuses", () => {
  it.each<[string, Answers, object, boolean]>([
    ["the sender's domain", { MAIL: "553 5.1.8 Domain of sender address does not exist" }, { retryable: false, unreachable: false }, true],
    ["the sender at the recipient", { RCPT: "550 5.1.8 Domain of sender address" }, { retryable: false, unreachable: false }, true],
    ["with a text like a code", { RCPT: "550 Rejected, 10.5.1.7 is listed" }, { retryable: false, unreachable: false }, true],
    ["the mailbox", { RCPT: "550 5.1.1 no such mailbox" }, { retryable: false, unreachable: true, reason: "smtp_550" }, true],
    ["for now", { RCPT: "450 4.2.0 Greylisted" }, { retryable: true, unreachable: false }, true],
    ["the text", { ".": "554 5.7.1 spam" }, { retryable: false, unreachable: false }, true],
    ["us without a log-in", { MAIL: "530 5.7.0 Authentication required" }, { retryable: true, unreachable: false }, false],
    ["us without encryption", { MAIL: "530 5.7.0 Must issue a STARTTLS command first" }, { retryable: true }, false],
    ["us in its greeting", { greeting: "554 5.3.2 no SMTP service here" }, { retryable: true }, false],
    ["our name", { EHLO: "550 5.7.1 go away", HELO: "550 5.7.1 go away" }, { retryable: true }, false],
  ])("%s", async (_, answers, outcome, ready) => {
    const channel = await channelTo(answers);
    expect(await channel.submit(mail)).toMatchObject({ kind: "failed", ...outcome });
    expect(channel.ready()).toBe(ready);
  });

  it("nothing takes the message", async () => {
    const channel = await channelTo({});
    expect(await channel.submit(mail)).toEqual({ kind: "sent", providerId: "" });
  });

  it("and is away keeps the message for later", async () => {
    const channel = openMailChannel({ url: "smtp://127.0.0.1:1", from: "us@example.test", connections: 1 });
    open.channels.push(channel);
    expect(await channel.submit(mail)).toMatchObject({ kind: "failed", retryable: true, reason: "not_connected" });
    expect(channel.ready()).toBe(false);
  });
});
