import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  claim,
  defer,
  giveUp,
  isTerminal,
  MESSAGE_STATES,
  type Message,
  type MessageState,
  type NewMessage,
  queueMessage,
  refuse,
  type SendPolicy,
} from "./message.ts";
import { recordFailure, recordReceipt, recordSent } from "./message-outcome.ts";

const policy: SendPolicy = { maxDoubts: 3, leaseMs: 30_000, retryMs: 10_000 };
const EXPIRES = 1_000_000;
const input: NewMessage = {
  id: "m1",
  batchId: "b1",
  customerId: "c1",
  channel: "sms",
  purpose: "marketing",
  templateId: "t",
  templateVersion: 1,
  recipient: { to: "+8613800000000", name: "王", timeZone: "", variables: {} },
  recipientHash: "h",
  expiresAt: EXPIRES,
};
const queued = () => queueMessage(input, 1_000).state;
const sending = () => claim(queued(), 1_000, policy).state;
const sent = (message = sending(), at = 1_100) => recordSent(message, { provider: "smpp", providerId: "p1", at });
const receipt = (delivered: boolean, at = 2_000) => ({
  delivered,
  reason: delivered ? "" : "receipt_undeliv",
  provider: "smpp",
  providerId: "p1",
  at,
});

describe("a message", () => {
  it("goes from queued over sending and sent to delivered, each once, and then forgets the person", () => {
    const first = claim(queued(), 1_000, policy);
    expect(first).toMatchObject({ taken: true, events: [], state: { state: "sending", attempts: 1, nextDueAt: 31_000 } });
    expect(claim(first.state, 1_001, policy)).toMatchObject({ taken: false, events: [] });
    expect(sent().events).toEqual([{ type: "sent", at: 1_100, provider: "smpp" }]);
    expect(sent().state).toMatchObject({ state: "sent", recipient: undefined, nextDueAt: undefined, providerId: "p1" });
    const delivered = recordReceipt(sent().state, receipt(true));
    expect(delivered).toMatchObject({ state: { state: "delivered", deliveredAt: 2_000, sentAt: 1_100 }, events: [{ type: "delivered" }] });
    expect(recordReceipt(delivered.state, receipt(false)).state).toBe(delivered.state);
  });

  it("suppressed from the start says why, and waits where the rule only means later", () => {
    expect(queueMessage(input, 1_000, { reason: "no_address" })).toMatchObject({
      state: { state: "suppressed", reason: "no_address", recipient: undefined, nextDueAt: undefined },
      events: [{ type: "suppressed", reason: "no_address", batchId: "b1", customerId: "c1" }],
    });
    expect(queueMessage(input, 1_000, { reason: "quiet_hours", retryAt: 5_000 }).state).toMatchObject({
      state: "queued",
      nextDueAt: 5_000,
    });
    expect(queueMessage(input, 1_000, { reason: "quiet_hours", retryAt: EXPIRES }).state).toMatchObject({
      state: "suppressed",
      reason: "quiet_hours",
    });
  });

  it("whose attempt never got an answer is tried again after its lease, counted as in doubt, and given up at the last attempt", () => {
    let message = sending();
    expect(claim(message, 30_999, policy).taken).toBe(false);
    message = claim(message, 31_000, policy).state;
    expect(message).toMatchObject({ state: "sending", attempts: 2, inDoubt: 1 });
    message = claim(message, 70_000, policy).state;
    const over = claim(message, 110_000, policy);
    expect(over).toMatchObject({ taken: false, state: { state: "failed_final", reason: "outcome_unknown", attempts: 3, inDoubt: 2 } });
  });

  it("is tried again after a passing failure, later each time, as long as it is valid, and has failed after a final one", () => {
    const failure = { reason: "smpp_08", retryable: true };
    const first = recordFailure(sending(), { ...failure, at: 1_500 }, policy);
    expect(first).toMatchObject({ state: { state: "failed_retryable", nextDueAt: 11_500 }, events: [{ type: "failed", retryable: true }] });
    const waits: number[] = [];
    let message = first.state;
    while (message.state === "failed_retryable") {
      const at = message.nextDueAt ?? 0;
      const claimed = claim(message, at, policy);
      message = claimed.taken ? recordFailure(claimed.state, { ...failure, at }, policy).state : claimed.state;
      waits.push(((message.nextDueAt ?? EXPIRES) - at) / 1_000);
    }
    expect(waits).toEqual([20, 40, 80, 160, 320, 368.5, 0]);
    expect(message).toMatchObject({ state: "expired", reason: "validity_over" });
    expect(recordFailure(sending(), { reason: "invalid_destination", retryable: false, at: 2_000 }, policy).state.state).toBe(
      "failed_final",
    );
  });

  it("that our connection kept back is tried soon again, however long that lasts", () => {
    const away = { reason: "not_connected", retryable: true, ofSession: true };
    let message = queued();
    for (let at = 1_000; at < EXPIRES - 10_000; at = message.nextDueAt ?? 0) {
      message = recordFailure(claim(message, at, policy).state, { ...away, at }, policy).state;
      expect(message).toMatchObject({ state: "failed_retryable", nextDueAt: at + 10_000 });
    }
  });

  it("that waited too long expires instead of going out", () => {
    expect(claim(queued(), EXPIRES, policy)).toMatchObject({ taken: false, state: { state: "expired" }, events: [{ type: "expired" }] });
  });

  it("that may have arrived has failed with an unknown outcome instead of expiring", () => {
    const doubtful = claim(sending(), 31_000, policy).state;
    const later = recordFailure(doubtful, { reason: "smpp_08", retryable: true, at: 32_000 }, policy).state;
    expect(claim(later, EXPIRES, policy)).toMatchObject({ taken: false, state: { state: "failed_final", reason: "outcome_unknown" } });
  });

  it("refused by the policy before its attempt is suppressed; after an attempt in doubt nobody claims it was never sent", () => {
    const optedOut = { allowed: false, refusedBy: "opted_out", retryAt: undefined } as const;
    expect(refuse(queued(), optedOut, 1_000).state).toMatchObject({ state: "suppressed", reason: "opted_out" });
    expect(refuse(sending(), optedOut, 31_000).state).toMatchObject({ state: "failed_final", reason: "outcome_unknown" });
    expect(refuse(queued(), { allowed: false, refusedBy: "quiet_hours", retryAt: 9_000 }, 1_000).state).toMatchObject({
      state: "queued",
      nextDueAt: 9_000,
    });
  });

  it("takes a receipt that overtook our own note, and the note then changes nothing", () => {
    const early = recordReceipt(sending(), receipt(true, 1_050));
    expect(early).toMatchObject({ state: { state: "delivered", providerId: "p1" }, events: [{ type: "sent" }, { type: "delivered" }] });
    expect(sent(early.state)).toEqual({ state: early.state, events: [] });
  });
});

/** Every legal step; what is not here must never happen. */
const LEGAL: Readonly<Record<MessageState, readonly MessageState[]>> = {
  queued: ["sending", "suppressed", "expired", "failed_final", "sent", "delivered"],
  sending: ["sent", "delivered", "failed_retryable", "failed_final"],
  failed_retryable: ["sending", "suppressed", "expired", "failed_final", "sent", "delivered"],
  sent: ["delivered", "failed_final"],
  delivered: [],
  failed_final: [],
  suppressed: [],
  expired: [],
};

describe("a message under any order of answers, receipts, refusals and crashes", () => {
  const reply = fc.constantFrom(
    "claim",
    "sent",
    "failed",
    "failed_for_good",
    "delivered",
    "undelivered",
    "refused",
    "quiet",
    "give_up",
    "defer",
  );
  const step = fc.record({ reply, pass: fc.integer({ min: 0, max: 60_000 }) });

  it("is in exactly one state, takes only legal steps, and is never left without either an end or a next look", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let message: Message = queued();
        let at = 1_000;
        let open = 1;
        for (const { reply: kind, pass } of steps) {
          at += pass;
          const decision = apply(message, kind, at);
          const after = decision.state;
          if (after.state !== message.state) expect(LEGAL[message.state]).toContain(after.state);
          if (isTerminal(message)) expect(after).toBe(message);
          expect(MESSAGE_STATES).toContain(after.state);
          expect(after.inDoubt).toBeLessThan(policy.maxDoubts);
          expect(after.inDoubt).toBeLessThan(Math.max(1, after.attempts));
          const done = isTerminal(after) || after.state === "sent";
          expect(after.nextDueAt === undefined).toBe(done);
          expect(after.recipient === undefined).toBe(done);
          open -= decision.events.filter(({ type }) => type === "sent").length;
          message = after;
        }
        // The event "sent" goes out at most once for one message.
        expect(open).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  function apply(message: Message, kind: string, at: number) {
    switch (kind) {
      case "claim":
        return claim(message, at, policy);
      case "sent":
        return recordSent(message, { provider: "smpp", providerId: "p", at });
      case "failed":
      case "failed_for_good":
        return recordFailure(message, { reason: "r", retryable: kind === "failed", at }, policy);
      case "delivered":
      case "undelivered":
        return recordReceipt(message, receipt(kind === "delivered", at));
      case "refused":
        return refuse(message, { allowed: false, refusedBy: "opted_out", retryAt: undefined }, at);
      case "quiet":
        return refuse(message, { allowed: false, refusedBy: "quiet_hours", retryAt: at + 5_000 }, at);
      case "give_up":
        return giveUp(message, "template_render_failed", at);
      default:
        return defer(message, at + 30_000);
    }
  }
});
