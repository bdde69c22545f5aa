import { afterEach, describe, expect, it } from "@jest/globals";
import type { OutgoingChannel, SubmitOutcome } from "../connectors/outgoing-channel.ts";
import { giveConsent, optOut } from "../domain/contact-permission.ts";
import { queueMessage } from "../domain/message.ts";
import { call, createWorld, resources, startEngine, TENANT, tryOf } from "../engine.test-support.ts";
import { deliverMessage } from "./deliver-message.ts";

const { use, close } = resources();
afterEach(close);

const VALID_MS = 60_000;
const THROTTLED: SubmitOutcome = { kind: "failed", reason: "throttled", retryable: true, ofSession: true };
const DOUBT: SubmitOutcome = { kind: "in_doubt", reason: "no_answer" };

async function surveys() {
  const world = createWorld(1);
  const { context } = use(await startEngine(world, { SURVEY_REST_MS: String(30 * 86_400_000) }));
  const { version } = await context.templates.put(TENANT, {
    templateId: "s",
    channel: "sms",
    purpose: "survey",
    subject: "",
    body: "怎么样",
  });
  /** A survey to the one person there is. */
  const make = async (id: string, recipient: object = { to: "+8613810000000", name: "李娜", timeZone: "Asia/Shanghai", variables: {} }) => {
    const to = { customerId: "c0000", channel: "sms", purpose: "survey", recipient: recipient as never, recipientHash: "h" } as const;
    const text = { templateId: "s", templateVersion: version };
    const queued = queueMessage({ id, batchId: "", ...to, ...text, expiresAt: world.now() + VALID_MS }, world.now());
    await context.messages.create(tryOf(id), id, queued);
  };
  /** One attempt, and what the row says then. */
  const attempt = async (id: string, outcome: SubmitOutcome = { kind: "sent", providerId: id }) => {
    const channel = { provider: "smpp", submit: async () => outcome } as unknown as OutgoingChannel;
    await deliverMessage(context, channel, { tenant: TENANT, state: await context.messages.get(TENANT, id) });
    const { state, reason } = await context.messages.get(TENANT, id);
    return `${state} ${reason}`.trim();
  };
  return { world, context, make, attempt };
}

describe("a contact that did not come about", () => {
  it.each<[string, SubmitOutcome | undefined]>([
    ["was put off by the centre until its validity was over", THROTTLED],
    ["was first looked at when its validity was over", undefined],
  ])("does not count: it %s", async (_what, outcome) => {
    const { world, make, attempt } = await surveys();
    await make("s1");
    if (outcome) expect(await attempt("s1", outcome)).toBe("failed_retryable throttled");
    world.advance(VALID_MS + 1_000);
    expect(await attempt("s1")).toBe("expired validity_over");
    await make("s2");
    expect(await attempt("s2")).toBe("sent");
  });

  it("does not count when it could not be written for the person", async () => {
    const { make, attempt } = await surveys();
    await make("s1", null as never);
    expect(await attempt("s1")).toBe("failed_final recipient_missing");
    await make("s2");
    expect(await attempt("s2")).toBe("sent");
  });

  it("does not count when the person said no between two attempts", async () => {
    const { world, context, make, attempt } = await surveys();
    const word = { channel: "sms", purpose: "survey", proof: "form" } as const;
    await make("s1");
    await attempt("s1", THROTTLED);
    await context.permissions.change(call, "c0000", (permission) => optOut(permission, { ...word, at: world.now() }));
    world.advance(1_000);
    expect(await attempt("s1")).toBe("suppressed opted_out");
    await context.permissions.change(call, "c0000", (permission) => giveConsent(permission, { ...word, at: world.now() }));
    await make("s2");
    expect(await attempt("s2")).toBe("sent");
  });

  it("counts when one of its attempts may have reached the person", async () => {
    const { world, make, attempt } = await surveys();
    await make("s1");
    expect(await attempt("s1", DOUBT)).toBe("sending");
    world.advance(VALID_MS + 1_000);
    expect(await attempt("s1")).toBe("failed_final outcome_unknown");
    await make("s2");
    expect(await attempt("s2")).toBe("suppressed rest_period");
  });
});
