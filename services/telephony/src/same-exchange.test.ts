import { describe, expect, it } from "@jest/globals";
import { configSchema } from "./config.ts";

const AMI = { tenant: "t", host: "10.0.0.5", port: 5038, user: "u", secret: "s3cret" };
const ARI = {
  kind: "ari",
  tenant: "t",
  url: "http://pbx:8088/ari",
  user: "u",
  secret: "s3cret",
  app: "trunkline",
  endpoint: "PJSIP/{extension}",
};
const ESL = { kind: "esl", tenant: "t", host: "fs", secret: "s3cret", endpoint: "user/{extension}" };
const told = (...connectors: object[]) => {
  const result = configSchema.shape.connectors.safeParse(JSON.stringify(connectors.map((one, n) => ({ id: `c${n}`, ...one }))));
  return result.success ? "" : result.error.issues.map(({ message }) => message).join();
};

describe("one exchange twice", () => {
  it.each([
    ["a manager port", AMI, { ...AMI, user: "other" }],
    ["a manager port, its host written otherwise", { ...AMI, host: "PBX.local" }, { ...AMI, host: "pbx.local." }],
    ["this machine", { ...AMI, host: "localhost" }, { ...AMI, host: "127.0.0.1" }],
    ["an application", ARI, { ...ARI, url: "http://PBX:8088/ari/" }],
    ["an application, of another tenant too", ARI, { ...ARI, tenant: "u" }],
    ["the port that goes without saying", { ...ARI, url: "https://pbx/ari" }, { ...ARI, url: "https://pbx:443/ari" }],
    ["a FreeSWITCH", ESL, { ...ESL, port: 8021 }],
  ])("is refused, naming both: %s", (_, one, other) => {
    expect(told(one, other)).toMatch(/"c0" and "c1" are both (ami|ari|esl) /);
    expect(told(one, other)).not.toContain("s3cret");
  });

  it("is what it is only within a tenant, and not of two ports, applications or protocols; ids are unique", () => {
    expect(told(AMI, { ...AMI, tenant: "u" })).toBe("");
    expect(told(AMI, { ...AMI, port: 5039 }, ARI, { ...ARI, app: "other" }, ESL, { ...ESL, port: 8022 })).toBe("");
    expect(told({ ...AMI, id: "a" }, { ...ARI, id: "a" })).toContain('two connections with the id "a"');
  });
});
