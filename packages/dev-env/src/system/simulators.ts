import { type ReceivedMail, startMailSink } from "../mail/mail-sink.ts";
import { type PbxSimulator, startPbxSimulator } from "../pbx/simulator.ts";
import { type ReceivedSms, startSmsc } from "../smsc/smsc.ts";
import type { Connector } from "./environment.ts";

/** Extensions of each simulated exchange's agents, all in both queues. */
export const EXTENSIONS = ["1001", "1002", "1003", "1004", "1005", "1006"] as const;

export type Simulators = {
  readonly pbx: ReadonlyMap<string, PbxSimulator>;
  readonly connectors: readonly Connector[];
  readonly smppUrl: string;
  readonly smtpUrl: string;
  /** What the SMS centre and the mail server have been handed so far. */
  sms(): readonly ReceivedSms[];
  mails(): readonly ReceivedMail[];
} & AsyncDisposable;

/** A real centre takes seconds; a demo has not that much time. */
const RECEIPT_MS = 300;
const USER = { user: "cti", secret: "cti-simulated" };

/** One exchange for each tenant; the SMS centre and the mail server are shared. They keep what they were sent. */
export async function startSimulators(tenants: readonly string[]): Promise<Simulators> {
  await using opening = new AsyncDisposableStack();
  const pbx = new Map<string, PbxSimulator>();
  for (const tenant of tenants) {
    const queues = [
      { name: "support", members: EXTENSIONS },
      { name: "sales", members: EXTENSIONS },
    ];
    pbx.set(tenant, opening.use(await startPbxSimulator({ users: [USER], queues })));
  }
  const connectors = [...pbx].map(([tenant, { port }]) => ({ id: `pbx-${tenant}`, tenant, host: "127.0.0.1", port, ...USER }));
  const smsc = opening.use(await startSmsc({ deliverReceiptAfterMs: RECEIPT_MS }));
  const mail = opening.use(await startMailSink());
  const stack = opening.move();
  return {
    pbx,
    connectors,
    smppUrl: smsc.url,
    smtpUrl: mail.url,
    sms: () => smsc.received,
    mails: () => mail.received,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
