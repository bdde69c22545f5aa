import { type ReceivedMail, startMailSink } from "../mail/mail-sink.ts";
import { type AriSimulator, startAriSimulator } from "../pbx/ari-sim.ts";
import { type FreeSwitchSimulator, startFreeSwitchSimulator } from "../pbx/esl-sim.ts";
import { type PbxSimulator, startPbxSimulator } from "../pbx/simulator.ts";
import { type ReceivedSms, startSmsc } from "../smsc/smsc.ts";
import type { Connector } from "./environment.ts";

/** Extensions of each simulated exchange's agents, all in both queues. */
export const EXTENSIONS = ["1001", "1002", "1003", "1004", "1005", "1006"] as const;
/** Phones that only the exchanges on which telephony distributes have besides. */
const MORE_PHONES = Array.from({ length: 14 }, (_, n) => String(1007 + n));

export type Simulators = {
  /** By tenant: the exchange that distributes to its queues' members, and those on which telephony does. */
  readonly pbx: ReadonlyMap<string, PbxSimulator>;
  readonly ari: ReadonlyMap<string, AriSimulator>;
  readonly esl: ReadonlyMap<string, FreeSwitchSimulator>;
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
 * Three exchanges for each tenant, `pbx-<tenant>`, `ari-<tenant>` and `esl-<tenant>`; the SMS centre and the mail server are shared. They keep what they
 * were sent.
 * @param now of those that stamp what happens: the clock of the services, for a story that moves it
 */
export async function startSimulators(tenants: readonly string[], now?: () => number, dialPerMinute?: number): Promise<Simulators> {
  await using opening = new AsyncDisposableStack();
  const pbx = new Map<string, PbxSimulator>();
  const ari = new Map<string, AriSimulator>();
  const esl = new Map<string, FreeSwitchSimulator>();
  const clock = now ? { now } : {};
  for (const tenant of tenants) {
    const queues = [
      { name: "support", members: EXTENSIONS },
      { name: "sales", members: EXTENSIONS },
    ];
    pbx.set(tenant, opening.use(await startPbxSimulator({ users: [USER], queues })));
    const phones = [...EXTENSIONS, ...MORE_PHONES];
    ari.set(tenant, opening.use(await startAriSimulator({ ...USER, ...clock, app: APP, phones })));
    esl.set(tenant, opening.use(await startFreeSwitchSimulator({ ...clock, secret: USER.secret, phones })));
  }
  const caps = dialPerMinute === undefined ? {} : { dialPerMinute };
  const connectors: Connector[] = [
    ...[...pbx].map(([tenant, { port }]) => ({
      id: `pbx-${tenant}`,
      tenant,
      host: "127.0.0.1",
      port,
      transferContext: "internal",
      ...USER,
    })),
    ...[...ari].map(([tenant, { url }]) => ({ ...ariConnector(tenant, url), ...caps })),
    ...[...esl].map(([tenant, { port }]) => ({ ...eslConnector(tenant, port), ...caps })),
  ];
  const smsc = opening.use(await startSmsc({ deliverReceiptAfterMs: RECEIPT_MS }));
  const mail = opening.use(await startMailSink());
  const stack = opening.move();
  return {
    pbx,
    ari,
    esl,
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

function eslConnector(tenant: string, port: number): Connector {
  const dialling = { endpoint: "user/{extension}", dialOut: "sofia/gateway/trunk/{number}", callerNumber: "4008001000" };
  return {
    id: `esl-${tenant}`,
    tenant,
    kind: "esl",
    host: "127.0.0.1",
    port,
    secret: USER.secret,
    recordings: "/var/lib/freeswitch/recordings",
    ...dialling,
  };
}
