import { describe, expect, it } from "@jest/globals";
import { memoryBackend } from "@trunkline/store";
import { giveConsent } from "../domain/contact-permission.ts";
import { call, TENANT } from "../engine.test-support.ts";
import { openContactPermissionStore } from "../stores/contact-permission-store.ts";
import { reserveContact } from "./reserve-contact.ts";

const DAY = 86_400_000;
const policy = {
  consentFor: ["marketing"],
  quietHours: undefined,
  marketingCap: { max: 4, windowMs: 7 * DAY },
  surveyRestMs: 7 * DAY,
  timeZone: "Asia/Shanghai",
} as const;

async function given() {
  const permissions = await openContactPermissionStore(memoryBackend({ offer: () => true }, () => 1));
  const ask = (contactId: string, purpose: "marketing" | "survey", at = 1_000) =>
    reserveContact({ permissions, policyOf: () => policy, now: () => at }, call, "c1", {
      contactId,
      channel: "sms",
      purpose,
      timeZone: "",
    });
  return { permissions, ask };
}

describe("reserving", () => {
  it("by twenty campaigns at once allows as many as the cap, whoever comes first", async () => {
    const { permissions, ask } = await given();
    await permissions.change(call, "c1", (permission) =>
      giveConsent(permission, { channel: "sms", purpose: "marketing", proof: "form", at: 1 }),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`campaign${n}`, "marketing")));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(4);
    expect((await permissions.find(TENANT, "c1")).contacts).toHaveLength(4);
  });

  it("for a person of whom nothing is known yet, by several at once, allows one survey", async () => {
    const { ask } = await given();
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => ask(`survey${n}`, "survey")));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(1);
  });

  it("again under the same id gives the same answer and counts nothing", async () => {
    const { permissions, ask } = await given();
    expect([await ask("s1", "survey"), await ask("s1", "survey", 2_000)]).toEqual([{ allowed: true }, { allowed: true }]);
    expect((await permissions.find(TENANT, "c1")).contacts).toEqual([{ contactId: "s1", channel: "sms", purpose: "survey", at: 1_000 }]);
  });

  it("that is refused leaves no trace of a person of whom nothing is known", async () => {
    const { permissions, ask } = await given();
    expect(await ask("m1", "marketing")).toMatchObject({ allowed: false, refusedBy: "no_consent" });
    expect((await permissions.find(TENANT, "c1")).contacts).toEqual([]);
  });
});
