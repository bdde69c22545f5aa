import { toDomainError } from "@trunkline/errors";
import { backOff, contentId, type Logger } from "@trunkline/runtime";
import type { Pdu } from "smpp";
import type { Receipt } from "../domain/message-outcome.ts";
import { createOutage } from "./outage.ts";
import type { Outgoing, OutgoingChannel, SubmitOutcome } from "./outgoing-channel.ts";
import { openSmppLink, type SmppLink, type SmppVersion } from "./smpp-link.ts";
import { readingsOf, receiptOf, textFields } from "./smpp-text.ts";
import { type SmppVerdict, smppVerdict } from "./smpp-verdict.ts";

export type SmppChannelOptions = {
  readonly url: string;
  readonly version: SmppVersion;
  /** Number that the recipient sees. */
  readonly sender: string;
  /** Submits without an answer at once. */
  readonly window: number;
  readonly log: Logger;
  /** Resolves when the receipt is stored; a rejection makes the centre send it again. */
  readonly onReceipt: (receipt: Receipt) => Promise<void>;
  /** A person's SMS, in every reading of its bytes. */
  readonly onMessage: (from: string, texts: readonly string[]) => Promise<void>;
};

const OK = 0x00;
const TRY_AGAIN = 0x64;
/** The session is well: it is to be slower. */
const THROTTLED = "throttled";
const THROTTLE_MS = { first: 100, most: 5_000, budget: 10_000 } as const;
/** A pause that a submit waits out; a longer one keeps messages queued instead. */
const LONG_MS = 500;
/** A session that may not submit is left alone so long. */
const OUTAGE_MS = { first: 1_000, most: 10_000 } as const;
const RECONNECT_MS = { first: 250, most: 10_000 } as const;

/** Sends over one SMPP connection that comes back by itself. What was submitted when it broke is in doubt. */
export function openSmppChannel(options: SmppChannelOptions): OutgoingChannel {
  const stop = new AbortController();
  let link: SmppLink | undefined;
  const running = keepConnected(options, stop.signal, (current) => {
    link = current;
  });
  const throttle = createThrottle(stop.signal);
  const outage = createOutage(OUTAGE_MS);
  let underWay = 0;
  return {
    provider: "smpp",
    width: options.window,
    ready: () => link !== undefined && !throttle.closed() && outage.over(),
    async submit(message) {
      underWay++;
      try {
        const outcome = await submit(message, options, () => link, throttle);
        if (outcome.kind === "failed" && outcome.ofSession && outcome.reason !== THROTTLED) outage.begin();
        else if (outcome.kind === "sent") outage.end();
        return outcome;
      } finally {
        // A session that the centre does not let submit is bound anew, once nothing waits for an answer on it.
        if (--underWay === 0 && !outage.over()) link?.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      link?.close();
      await running;
    },
  };
}

const NOT_CONNECTED = { kind: "failed", reason: "not_connected", retryable: true, ofSession: true } as const;

async function submit(
  { messageId, to, body }: Outgoing,
  { sender }: SmppChannelOptions,
  current: () => SmppLink | undefined,
  throttle: Throttle,
): Promise<SubmitOutcome> {
  const text = textFields(body);
  if (!text) return { kind: "failed", reason: "message_too_long", retryable: false };
  const reference = { client_reference: messageId, user_message_reference: Number.parseInt(contentId(messageId).slice(0, 4), 16) };
  const addresses = { source_addr: sender, destination_addr: to.replace(/^\+/, ""), dest_addr_ton: 1, dest_addr_npi: 1 };
  const giveUpAt = performance.now() + THROTTLE_MS.budget;
  while (await throttle.open(giveUpAt)) {
    const submitted = (await current()?.submit({ ...addresses, ...text, ...reference, registered_delivery: 1 })) ?? {
      kind: "unsent" as const,
    };
    if (submitted.kind === "lost") return { kind: "in_doubt", reason: "no_answer" };
    if (submitted.kind === "unsent") return NOT_CONNECTED;
    const { command, command_status: status, message_id = "" } = submitted.pdu;
    const verdict = smppVerdict(command, status);
    if (verdict.about === "pace") {
      throttle.tighten();
      continue;
    }
    throttle.relax();
    return verdict.about === "sent" ? { kind: "sent", providerId: message_id } : refusal(verdict, status);
  }
  return { kind: "failed", reason: THROTTLED, retryable: true, ofSession: true };
}

function refusal(verdict: Exclude<SmppVerdict, { about: "sent" | "pace" }>, status: number): SubmitOutcome {
  const reason = `smpp_${status.toString(16).padStart(2, "0")}`;
  switch (verdict.about) {
    case "recipient":
      return { kind: "failed", reason: "invalid_destination", retryable: false, unreachable: true };
    case "session":
      return { kind: "failed", reason, retryable: true, ofSession: true };
    case "message":
      return { kind: "failed", reason, retryable: verdict.retryable };
  }
}

type Throttle = {
  /** For so long that nothing should be claimed meanwhile. */
  closed(): boolean;
  /** Waits while the centre wants us slower; false when that lasts beyond `until`. */
  open(until: number): Promise<boolean>;
  tighten(): void;
  relax(): void;
};

/** The centre said "slower" (0x58) or "full" (0x14): every submit waits, twice as long each time, until one passes. */
function createThrottle(signal: AbortSignal): Throttle {
  let delay = 0;
  let openAt = 0;
  return {
    closed: () => openAt - performance.now() > LONG_MS,
    async open(until) {
      for (let wait = openAt - performance.now(); wait > 0; wait = openAt - performance.now()) {
        if (openAt > until || signal.aborted) return false;
        await backOff(1, wait, wait, signal);
      }
      return true;
    },
    tighten() {
      // The window's other answers to the same moment say the same once more, not again.
      if (performance.now() < openAt) return;
      delay = Math.min(THROTTLE_MS.most, Math.max(THROTTLE_MS.first, delay * 2));
      openAt = performance.now() + delay;
    },
    relax() {
      if (performance.now() >= openAt) delay = 0;
    },
  };
}

async function keepConnected(options: SmppChannelOptions, signal: AbortSignal, use: (link: SmppLink | undefined) => void): Promise<void> {
  const { url, version, log } = options;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const link = await openSmppLink({ url, version, onDeliver: (pdu) => deliver(pdu, options) });
      if (signal.aborted) return link.close();
      use(link);
      attempt = 0;
      log.info({}, "bound to the SMS centre");
      const reason = await link.closed;
      if (!signal.aborted) log.warn({ reason }, "the SMS centre's connection ended; trying again");
    } catch (error) {
      log.warn({ code: toDomainError(error).code, attempt }, "no connection to the SMS centre; trying again");
    }
    use(undefined);
    await backOff(Math.max(1, attempt), RECONNECT_MS.first, RECONNECT_MS.most, signal);
  }
}

async function deliver(pdu: Pdu, { onReceipt, onMessage, log }: SmppChannelOptions): Promise<number> {
  try {
    const receipt = receiptOf(pdu);
    if (!receipt) await onMessage(pdu.source_addr ?? "", readingsOf(pdu));
    else if (receipt.outcome !== "pending") await onReceipt(receipt);
    return OK;
  } catch (error) {
    log.warn({ code: toDomainError(error).code }, "a delivery from the SMS centre could not be stored; it comes again");
    return TRY_AGAIN;
  }
}
