import { type ReceivedMail, startMailSink } from "../mail/mail-sink.ts";
import { type AriSimulator, startAriSimulator } from "../pbx/ari-sim.ts";
import { type PbxSimulator, startPbxSimulator } from "../pbx/simulator.ts";
import { type ReceivedSms, startSmsc } from "../smsc/smsc.ts";
import type { Connector } from "./environment.ts";

/** Extensions of each simulated exchange's agents, all in both queues. */
export const EXTENSIONS = ["1001", "1002", "1003", "1004", "1005", "1006"] as const;
/** Phones that only the ARI exchanges have besides. */
const MORE_PHONES = Array.from({ length: 14 }, (_, n) => String(1007 + n));

export type Simulators = {
  /** By tenant: the exchange that distributes to its queues' members, and the one on which telephony does. */
  readonly pbx: ReadonlyMap<string, PbxSimulator>;
  readonly ari: ReadonlyMap<string, AriSimulator>;
  readonly connectors: readonly Connector[];
  readonly smppUrl: string;
  readonly smtpUrl: string;
  /** What the SMS centre and the mail server have been handed so far. */
  sms(): readonly ReceivedSms[];
  mails(): readonly ReceivedMail[];
} & AsyncDisposable;

/** A real centre takes seconds; a demo has not that much time. */
const RECEIPT_MS = 300;
/** The callers' place on an ARI exchange: one application, the queue its argument. */
const APP = "trunkline";
const USER = { user: "cti", secret: "cti-simulated" };

/**
 * Two exchanges for each tenant, `pbx-<tenant>` and `ari-<tenant>`; the SMS centre and the mail server are shared. They keep what they
 * were sent.
 */
export async function startSimulators(tenants: readonly string[], dialPerMinute?: number): Promise<Simulators> {
  await using opening = new AsyncDisposableStack();
  const pbx = new Map<string, PbxSimulator>();
  const ari = new Map<string, AriSimulator>();
  for (const tenant of tenants) {
    const queues = [
      { name: "support", members: EXTENSIONS },
      { name: "sales", members: EXTENSIONS },
    ];
    pbx.set(tenant, opening.use(await startPbxSimulator({ users: [USER], queues })));
    ari.set(tenant, opening.use(await startAriSimulator({ ...USER, app: APP, phones: [...EXTENSIONS, ...MORE_PHONES] })));
  }
  const connectors: Connector[] = [
    ...[...pbx].map(([tenant, { port }]) => ({ id: `pbx-${tenant}`, tenant, host: "127.0.0.1", port, ...USER })),
    ...[...ari].map(([tenant, { url }]) => ({ ...ariConnector(tenant, url), ...(dialPerMinute === undefined ? {} : { dialPerMinute }) })),
  ];
  const smsc = opening.use(await startSmsc({ deliverReceiptAfterMs: RECEIPT_MS }));
  const mail = opening.use(await startMailSink());
  const stack = opening.move();
  return {
    pbx,
    ari,
    connectors,
    smppUrl: smsc.url,
    smtpUrl: mail.url,
    sms: () => smsc.received,
    mails: () => mail.received,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function ariConnector(tenant: string, url: string): Connector {
  const dialling = { endpoint: "PJSIP/agent{extension}", dialOut: "PJSIP/{number}@trunk", callerNumber: "4008001000" };
  return { id: `ari-${tenant}`, tenant, kind: "ari", url, app: APP, ...USER, ...dialling };
}
