import smpp, { type Pdu, type Session } from "smpp";
import { createOutbound, type Outbound } from "./outbound.ts";
import { clientReferenceOf, textOf } from "./pdu-text.ts";

export type ReceivedSms = {
  /** The sender's own reference: Trunkline's message id. Equal ones are one message submitted twice. */
  readonly messageRef: string;
  /** E.164. */
  readonly destination: string;
  readonly text: string;
  /** Id that the centre gave it; receipts carry it. */
  readonly smscId: string;
};

export type SmscOptions = {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Milliseconds from submit to receipt; undefined: no receipts. */
  readonly deliverReceiptAfterMs?: number | undefined;
  /** Every n-th submit is answered with 0x58 (throttled) and not taken; 0: none. */
  readonly throttleEvery?: number;
  /** Numbers (E.164) whose receipt says UNDELIV. */
  readonly failNumbers?: readonly string[];
  /** Numbers refused at the submit (0x0b, invalid destination). */
  readonly rejectNumbers?: readonly string[];
  /** A submit that this is true for is taken and never answered: for tests of what is in doubt. */
  readonly swallowAnswer?: (sms: ReceivedSms) => boolean;
  /** Log-in that is asked for; undefined lets everybody in. */
  readonly account?: { readonly user: string; readonly password: string };
};

export type Smsc = {
  readonly port: number;
  /** For SMPP_URL. */
  readonly url: string;
  /** Everything that was taken, in order. */
  readonly received: readonly ReceivedSms[];
  /** How often an answer was "slower". */
  readonly throttled: () => number;
  /** A person's SMS to us; resolves when the other side has taken it. */
  sendMobileOriginated(from: string, text: string): Promise<void>;
  /** Cuts every connection, as a restart of the centre would. */
  cut(): void;
} & AsyncDisposable;

const OK = 0x00;
const BIND_FAILED = 0x0d;
const INVALID_DESTINATION = 0x0b;
const THROTTLED = 0x58;
/** What a test or demo may send; more is an error of the test. */
const KEPT = 500_000;

/** An SMS centre on node-smpp: an implementation independent of the product's own session. It keeps what it takes. */
export async function startSmsc(options: SmscOptions = {}): Promise<Smsc> {
  const received: ReceivedSms[] = [];
  const bound = new Set<Session>();
  const outbound = createOutbound(bound);
  const counters = { submits: 0, throttled: 0 };
  const server = smpp.createServer((session) => {
    const end = () => void bound.delete(session);
    // One listener for each receipt on its way.
    session.setMaxListeners(0);
    session.on("close", end);
    session.on("error", () => session.destroy());
    session.on("bind_transceiver", (pdu: Pdu) => welcome(session, pdu, options, bound, outbound));
    session.on("enquire_link", (pdu: Pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on("submit_sm", (pdu: Pdu) => take(session, pdu, { options, received, outbound, counters }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { user, password } = options.account ?? { user: "trunkline", password: "simulated" };
  const cut = () => {
    for (const session of [...server.sessions]) session.destroy();
  };
  return {
    port,
    url: `smpp://${user}:${password}@127.0.0.1:${port}`,
    received,
    throttled: () => counters.throttled,
    sendMobileOriginated: (from, text) => outbound.message(from, text),
    cut,
    [Symbol.asyncDispose]: async () => {
      outbound.close();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function welcome(session: Session, pdu: Pdu, { account }: SmscOptions, bound: Set<Session>, outbound: Outbound): void {
  if (account && (pdu.system_id !== account.user || pdu.password !== account.password)) {
    session.send(pdu.response({ command_status: BIND_FAILED }));
    session.close();
    return;
  }
  session.send(pdu.response());
  bound.add(session);
  outbound.wake();
}

type Taking = { options: SmscOptions; received: ReceivedSms[]; outbound: Outbound; counters: { submits: number; throttled: number } };

function take(session: Session, pdu: Pdu, { options, received, outbound, counters }: Taking): void {
  const { throttleEvery = 0, failNumbers = [], rejectNumbers = [], deliverReceiptAfterMs } = options;
  counters.submits++;
  if (throttleEvery > 0 && counters.submits % throttleEvery === 0) {
    counters.throttled++;
    return void session.send(pdu.response({ command_status: THROTTLED }));
  }
  const destination = pdu.dest_addr_ton === 1 ? `+${pdu.destination_addr}` : (pdu.destination_addr ?? "");
  if (rejectNumbers.includes(destination)) return void session.send(pdu.response({ command_status: INVALID_DESTINATION }));
  if (received.length >= KEPT) throw new Error(`the simulated SMS centre keeps at most ${KEPT} messages`);
  const sms = { messageRef: clientReferenceOf(pdu), destination, text: textOf(pdu), smscId: String(received.length + 1).padStart(10, "0") };
  received.push(sms);
  if (options.swallowAnswer?.(sms)) return;
  session.send(pdu.response({ command_status: OK, message_id: sms.smscId }));
  if (deliverReceiptAfterMs === undefined || !pdu.registered_delivery) return;
  outbound.receipt(sms, failNumbers.includes(destination) ? "UNDELIV" : "DELIVRD", deliverReceiptAfterMs);
}
