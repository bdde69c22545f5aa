import { connect } from "node:net";

const LIMIT_MS = 2_000;
const LARGEST_REPLY_BYTES = 1 << 20;
const CLIENT = "trunkline-readiness";

/** A request and what its answer says about readiness. Versions without compact encodings, known to Kafka 2.4 to 4.x. */
interface Question {
  readonly name: string;
  readonly apiKey: number;
  readonly version: number;
  readonly body: Buffer;
  /** The error code in the answer's body; 0 is none. */
  readonly errorIn: (reply: Buffer) => number;
}

const QUESTIONS: readonly Question[] = [
  {
    // validateOnly: the broker says whether it would create this topic, and creates nothing.
    name: "CreateTopics",
    apiKey: 19,
    version: 2,
    body: Buffer.concat([int32(1), text(CLIENT), int32(1), int16(1), int32(0), int32(0), int32(1_000), Buffer.of(1)]),
    errorIn: (reply) => reply.readInt16BE(8 + 2 + reply.readInt16BE(8)),
  },
  {
    // Makes the broker create the topic that groups live in, so that no first consumer has to wait for it.
    name: "FindCoordinator",
    apiKey: 10,
    version: 1,
    body: Buffer.concat([text(CLIENT), Buffer.of(0)]),
    errorIn: (reply) => reply.readInt16BE(4),
  },
  {
    name: "OffsetFetch",
    apiKey: 9,
    version: 3,
    body: Buffer.concat([text(CLIENT), int32(-1)]),
    errorIn: (reply) => reply.readInt16BE(8),
  },
];

/**
 * Rejects unless the broker would create a topic and serves groups. An open port says neither: a broker accepts
 * connections before it does. `brokers` is a list `host:port,...`; the first one is asked.
 */
export async function pingKafka(brokers: string): Promise<void> {
  const [first = ""] = brokers.split(",");
  const [host = "", port = ""] = first.trim().split(/:(?=\d+$)/);
  const socket = connect({ host, port: Number(port) });
  socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error("Kafka does not answer")));
  try {
    const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
    for (const question of QUESTIONS) {
      socket.write(requestOf(question));
      const code = question.errorIn(await bodyOfReply(chunks));
      if (code !== 0) throw new Error(`${question.name}: Kafka error code ${code}`);
    }
  } finally {
    socket.destroy();
  }
}

function requestOf({ apiKey, version, body }: Question): Buffer {
  const request = Buffer.concat([int16(apiKey), int16(version), int32(1), text(CLIENT), body]);
  return Buffer.concat([int32(request.length), request]);
}

/** Length and correlation id stand before the body. */
async function bodyOfReply(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  while (received.length < 8 || received.length < 4 + received.readInt32BE(0)) {
    const { value, done } = await chunks.next();
    if (done) throw new Error("Kafka closed the connection");
    received = Buffer.concat([received, value]);
    if (received.length > LARGEST_REPLY_BYTES) throw new Error("the answer is not Kafka's");
  }
  return received.subarray(8);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([int16(bytes.length), bytes]);
}
