import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ContactChannel, Purpose } from "./contact.ts";
import {
  type ContactPermission,
  type ContactRequest,
  giveConsent,
  noPermissionYet,
  optOut,
  release,
  reserve,
  suppress,
} from "./contact-permission.ts";
import type { ContactPolicy } from "./contact-policy.ts";

const DAY = 86_400_000;
const policy: ContactPolicy = {
  consentFor: ["marketing"],
  quietHours: undefined,
  marketingCap: { max: 4, windowMs: 7 * DAY },
  surveyRestMs: 14 * DAY,
  timeZone: "Asia/Shanghai",
};
const noon = Date.parse("2026-03-10T12:00:00+08:00");

const given = (channel: ContactChannel = "sms", purpose: Purpose = "marketing") =>
  giveConsent(noPermissionYet("c1"), { channel, purpose, proof: "form", at: noon - DAY }).state;
const ask = (contactId: string, more: Partial<ContactRequest> = {}): ContactRequest => ({
  contactId,
  channel: "sms",
  purpose: "marketing",
  timeZone: "",
  at: noon,
  ...more,
});
const outcomeOf = (permission: ContactPermission, request: ContactRequest, rules = policy) => reserve(permission, request, rules).outcome;

describe("quiet hours", () => {
  it("are those of the tenant's zone for whoever has none of their own", () => {
    const here = { ...policy, quietHours: { from: "21:00", to: "08:00" }, timeZone: "America/Los_Angeles" };
    const at = (time: string) => outcomeOf(given(), ask("m1", { timeZone: "", at: Date.parse(`2026-11-28T${time}:00-08:00`) }), here);
    expect(at("23:30")).toEqual({ allowed: false, refusedBy: "quiet_hours", retryAt: Date.parse("2026-11-29T16:00:00Z") });
    expect(at("10:00")).toEqual({ allowed: true });
  });
});

describe("a contact", () => {
  it("for marketing needs a consent for that channel and purpose; service and survey do not", () => {
    expect(outcomeOf(noPermissionYet("c1"), ask("m1"))).toMatchObject({ allowed: false, refusedBy: "no_consent" });
    expect(outcomeOf(given("email"), ask("m1"))).toMatchObject({ refusedBy: "no_consent" });
    expect(outcomeOf(given("sms", "survey"), ask("m1"))).toMatchObject({ refusedBy: "no_consent" });
    expect(outcomeOf(given(), ask("m1"))).toEqual({ allowed: true });
    for (const purpose of ["service", "survey"] as const)
      expect(outcomeOf(noPermissionYet("c1"), ask("m1", { purpose })).allowed).toBe(true);
  });

  it("is refused after an opt-out on its channel, and on no other", () => {
    const both = giveConsent(given(), { channel: "email", purpose: "marketing", proof: "form", at: noon }).state;
    const { state, events } = optOut(both, { channel: "sms", purpose: "marketing", proof: "keyword", at: noon });
    expect(events).toEqual([{ type: "opted_out", at: noon, channel: "sms", purpose: "marketing", proof: "keyword" }]);
    expect(outcomeOf(state, ask("m1"))).toMatchObject({ refusedBy: "opted_out", retryAt: undefined });
    expect(outcomeOf(state, ask("m1", { channel: "email" }))).toEqual({ allowed: true });
    expect(optOut(state, { channel: "sms", purpose: "marketing", proof: "link", at: noon + 1 }).events).toEqual([]);
  });

  it("that was reserved before an opt-out is refused after it", () => {
    const reserved = reserve(given(), ask("m1"), policy).state;
    const closed = optOut(reserved, { channel: "sms", purpose: "marketing", proof: "agent", at: noon }).state;
    expect(outcomeOf(closed, ask("m1"))).toMatchObject({ refusedBy: "opted_out" });
  });

  it("is not opened again by an import after an opt-out, but by the person's own consent", () => {
    const closed = optOut(given(), { channel: "sms", purpose: "marketing", proof: "keyword", at: noon }).state;
    const again = (proof: "import" | "form") => giveConsent(closed, { channel: "sms", purpose: "marketing", proof, at: noon });
    expect(() => again("import")).toThrow(expect.objectContaining({ kind: "rule_violated", code: "consent_withdrawn" }));
    expect(outcomeOf(again("form").state, ask("m1"))).toEqual({ allowed: true });
  });

  it("counts once, however often the same id asks, and not at all once it is released", () => {
    let permission = given();
    for (let i = 0; i < 10; i++) permission = reserve(permission, ask("m1", { at: noon + i }), policy).state;
    expect(permission.contacts.map(({ contactId }) => contactId)).toEqual(["m1"]);
    expect(release(permission, "m1").state.contacts).toEqual([]);
  });

  it("over the cap is refused until the oldest that counts is a week old; service messages are exempt and do not count", () => {
    let permission = given();
    for (let n = 0; n < 4; n++) {
      permission = reserve(permission, ask(`m${n}`, { at: noon + n * 1_000 }), policy).state;
      permission = reserve(permission, ask(`s${n}`, { at: noon + n * 1_000, purpose: "service" }), policy).state;
    }
    expect(outcomeOf(permission, ask("m9", { at: noon + DAY }))).toEqual({ allowed: false, refusedBy: "cap", retryAt: noon + 7 * DAY });
    expect(outcomeOf(permission, ask("m9", { at: noon + 7 * DAY }))).toEqual({ allowed: true });
    expect(outcomeOf(permission, ask("s9", { at: noon + DAY, purpose: "service" }))).toEqual({ allowed: true });
  });

  it("for a survey waits for the rest period after the last one that was sent", () => {
    const asked = reserve(noPermissionYet("c1"), ask("q1", { purpose: "survey" }), policy).state;
    const later = (at: number) => outcomeOf(asked, ask("q2", { purpose: "survey", at }));
    expect(later(noon + DAY)).toEqual({ allowed: false, refusedBy: "rest_period", retryAt: noon + 14 * DAY });
    expect(later(noon + 14 * DAY)).toEqual({ allowed: true });
  });

  it("on a channel that leads nowhere is refused for every purpose", () => {
    const dead = suppress(given("email"), { channel: "email", reason: "smtp_550", at: noon }).state;
    expect(outcomeOf(dead, ask("m1", { channel: "email", purpose: "service" }))).toMatchObject({ refusedBy: "suppressed" });
    expect(outcomeOf(dead, ask("m1", { purpose: "service" }))).toEqual({ allowed: true });
  });
});

describe("quiet hours", () => {
  const quiet: ContactPolicy = { ...policy, quietHours: { from: "21:00", to: "08:00" } };
  const at = (text: string) => Date.parse(text);

  it.each([
    ["2026-03-10T20:59:59+08:00", "Asia/Shanghai", undefined],
    ["2026-03-10T21:00:00+08:00", "Asia/Shanghai", "2026-03-11T08:00:00+08:00"],
    ["2026-03-11T07:59:59+08:00", "", "2026-03-11T08:00:00+08:00"],
    ["2026-03-11T08:00:00+08:00", "no/where", undefined],
    // Midday in Shanghai is night in New York, whose clocks go forward that night.
    ["2026-03-08T12:00:00+08:00", "America/New_York", "2026-03-08T08:00:00-04:00"],
  ])("at %s in %j they last until %s", (text, timeZone, until) => {
    const outcome = outcomeOf(given(), ask("m1", { at: at(text), timeZone }), quiet);
    expect(outcome).toEqual(until ? { allowed: false, refusedBy: "quiet_hours", retryAt: at(until) } : { allowed: true });
  });

  it("hold for surveys and not for service messages", () => {
    const night = at("2026-03-10T23:00:00+08:00");
    expect(outcomeOf(given(), ask("m1", { at: night, purpose: "survey" }), quiet)).toMatchObject({ refusedBy: "quiet_hours" });
    expect(outcomeOf(given(), ask("m1", { at: night, purpose: "service" }), quiet)).toEqual({ allowed: true });
  });
});

describe("whatever happens in whatever order", () => {
  const channel = fc.constantFrom<ContactChannel>("sms", "email", "call");
  const purpose = fc.constantFrom<Purpose>("marketing", "service", "survey");
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("reserve" as const),
        channel,
        purpose,
        contact: fc.integer({ min: 0, max: 30 }),
        pass: fc.integer({ min: 0, max: 2 * DAY }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("opt_out" as const, "consent" as const), channel, purpose }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), contact: fc.integer({ min: 0, max: 30 }) }) },
  );

  it("nobody is contacted after an opt-out, the cap and the rest period hold, and the document stays small", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let permission = noPermissionYet("c1");
        let at = noon;
        const word = new Map<string, "given" | "withdrawn">();
        const counted = new Map<string, { purpose: Purpose; at: number }>();
        for (const now of steps) {
          if (now.kind === "release") {
            permission = release(permission, `k${now.contact}`).state;
            counted.delete(`k${now.contact}`);
            continue;
          }
          const key = `${now.channel} ${now.purpose}`;
          const spoken = { channel: now.channel, purpose: now.purpose, proof: "form" as const, at };
          if (now.kind === "opt_out") permission = optOut(permission, spoken).state;
          if (now.kind === "consent") permission = giveConsent(permission, spoken).state;
          if (now.kind !== "reserve") {
            word.set(key, now.kind === "opt_out" ? "withdrawn" : "given");
            continue;
          }
          at += now.pass;
          const contactId = `k${now.contact}`;
          const decision = reserve(permission, { contactId, channel: now.channel, purpose: now.purpose, timeZone: "", at }, policy);
          permission = decision.state;
          if (!decision.outcome.allowed) continue;
          expect(word.get(key)).not.toBe("withdrawn");
          if (now.purpose === "marketing") expect(word.get(key)).toBe("given");
          if (!counted.has(contactId)) counted.set(contactId, { purpose: now.purpose, at });
        }
        const times = (wanted: Purpose) =>
          [...counted.values()].filter((contact) => contact.purpose === wanted).map((contact) => contact.at);
        for (const start of times("marketing"))
          expect(times("marketing").filter((t) => t >= start && t < start + 7 * DAY).length).toBeLessThanOrEqual(4);
        const surveys = times("survey").sort((a, b) => a - b);
        for (const [i, t] of surveys.entries()) if (i > 0) expect(t - (surveys[i - 1] ?? 0)).toBeGreaterThanOrEqual(14 * DAY);
        expect(permission.contacts.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
