import type { PduFields, Session } from "smpp";
import type { ReceivedSms } from "./smsc.ts";

/** What the centre brings to us: receipts and people's messages. */
export type Outbound = {
  receipt(sms: ReceivedSms, state: "DELIVRD" | "UNDELIV", afterMs: number): void;
  message(from: string, text: string): Promise<void>;
  /** A session is bound: what waited goes on. */
  wake(): void;
  close(): void;
};

type Waiting = { readonly fields: PduFields; tries: number; readonly done: PromiseWithResolvers<void> };

/** Unanswered deliveries at once, as a real centre limits them. */
const WINDOW = 50;
const RETRY_MS = 200;
const ANSWER_MS = 5_000;
const TRIES = 20;

/** Brings each delivery until it is taken with status 0, a few at a time; without a session it waits for one. */
export function createOutbound(bound: ReadonlySet<Session>): Outbound {
  const waiting: Waiting[] = [];
  const delays = createDelays();
  let inFlight = 0;
  const put = (item: Waiting) => {
    waiting.push(item);
    pump();
  };
  const pump = () => {
    const [session] = bound;
    while (session && waiting.length > 0 && inFlight < WINDOW) {
      inFlight++;
      void bring(session, waiting.shift() as Waiting);
    }
  };
  const bring = async (session: Session, item: Waiting) => {
    const status = await deliver(session, item.fields);
    inFlight--;
    if (status === 0) item.done.resolve();
    else if (++item.tries >= TRIES) item.done.reject(new Error(`nobody took a delivery in ${TRIES} tries`));
    else delays.after(RETRY_MS, () => put(item));
    pump();
  };
  const send = (fields: PduFields): Promise<void> => {
    const item = { fields, tries: 0, done: Promise.withResolvers<void>() };
    put(item);
    return item.done.promise;
  };
  return {
    receipt: (sms, state, afterMs) => delays.after(afterMs, () => void send(receiptFields(sms, state)).catch(() => undefined)),
    message: (from, text) =>
      send({
        source_addr: from.replace(/^\+/, ""),
        source_addr_ton: 1,
        destination_addr: "10690000",
        data_coding: 8,
        short_message: Buffer.from(text, "utf16le").swap16(),
      }),
    wake: pump,
    close: () => {
      delays.cancel();
      for (const item of waiting.splice(0)) item.done.reject(new Error("the simulated SMS centre was closed"));
    },
  };
}

/** The status of the answer; undefined when the session ended first, or none came. */
function deliver(session: Session, fields: PduFields): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const lost = () => resolve(undefined);
  session.once("close", lost);
  const late = setTimeout(lost, ANSWER_MS);
  if (!session.deliver_sm({ ...fields }, (pdu) => resolve(pdu.command_status))) lost();
  return promise.finally(() => {
    clearTimeout(late);
    session.removeListener("close", lost);
  });
}

function createDelays() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    after(ms: number, work: () => void): void {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },
    cancel(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function receiptFields({ smscId, destination }: ReceivedSms, state: "DELIVRD" | "UNDELIV"): PduFields {
  const done = state === "DELIVRD";
  const text = `id:${smscId} sub:001 dlvrd:${done ? "001" : "000"} submit date:2601010000 done date:2601010000 stat:${state} err:${done ? "000" : "001"} text:`;
  return {
    source_addr: destination.replace(/^\+/, ""),
    source_addr_ton: 1,
    destination_addr: "10690000",
    esm_class: 0x04,
    data_coding: 0,
    short_message: Buffer.from(text),
    receipted_message_id: smscId,
    message_state: done ? 2 : 5,
  };
}
