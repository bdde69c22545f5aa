import { describe, expect, it } from "@jest/globals";
import { configSchema, marketingConfig, policies } from "./config.ts";

const env = {
  SERVICE_KEY: "{}",
  TRUSTED_KEYS: "{}",
  KAFKA_BROKERS: "b:1",
  CUSTOMER_ADDRESS: "c:1",
  WORKFORCE_ADDRESS: "w:1",
  PUBLIC_URL: "https://x.test",
  LINK_SECRET: "0123456789abcdef",
};
const load = (more: Record<string, string> = {}) => marketingConfig({ ...env, ...more });

describe("the settings", () => {
  it("give every tenant the common policy, but for what one has of its own", () => {
    const policyOf = policies(
      load({ QUIET_HOURS: "21:30-08:00", TENANT_POLICIES: '{"t2":{"quietHours":"none","marketingPerWeek":1,"consentFor":[]}}' }),
    );
    expect(policyOf("t1")).toMatchObject({
      quietHours: { from: "21:30", to: "08:00" },
      marketingCap: { max: 4 },
      consentFor: ["marketing"],
    });
    expect(policyOf("t2")).toMatchObject({ quietHours: undefined, marketingCap: { max: 1 }, consentFor: [], timeZone: "Asia/Shanghai" });
  });

  it.each([
    ["QUIET_HOURS", "9pm-8am"],
    ["QUIET_HOURS", "24:00-08:00"],
    ["SMPP_URL", "http://centre"],
    ["SMTP_URL", "mail.example:25"],
    ["TENANT_POLICIES", '{"t1":{"quietHour":"none"}}'],
    ["TENANT_POLICIES", "{"],
    ["LINK_SECRET", "short"],
  ])("%s of %j is refused by its name and without its value", (name, value) => {
    expect(() => load({ [name]: value })).toThrow(new RegExp(`${name}: `));
  });

  it("hide every address and key that could hold a password", () => {
    const shown = JSON.stringify(load({ SMPP_URL: "smpp://u:geheim@h:1", SMTP_URL: "smtp://u:geheim@h:1" }));
    expect(shown).not.toContain("geheim");
    expect(shown).not.toContain(env.LINK_SECRET);
    expect(Object.keys(configSchema.shape)).toContain("tenantPolicies");
  });
});
