import { describe, expect, it } from "@jest/globals";
import { describeConfig, loadConfig } from "@trunkline/config";
import { z } from "zod";
import { keepDays, platformConfig } from "./platform-config.ts";

const schema = z.object(platformConfig);
const env = {
  KAFKA_BROKERS: "b:9092",
  MONGO_URL: "mongodb://app:canary-1@db/",
  SERVICE_KEY: '{"kty":"OKP","d":"canary-2"}',
  TRUSTED_KEYS: '{"keys":[]}',
  WORKFORCE_ADDRESS: "workforce:50051",
};

describe("the settings that every service has", () => {
  it("need keys; the rest has defaults", () => {
    expect(loadConfig(schema, env)).toMatchObject({
      dataDir: "",
      rpcPort: 0,
      topicPrefix: "",
      logLevel: "info",
      trustedKeys: { keys: [] },
    });
    expect(() => loadConfig(schema, {})).toThrow(/SERVICE_KEY: .*\n.*TRUSTED_KEYS: /);
  });

  it("say which key is no JSON, without showing it", () => {
    const load = () => loadConfig(schema, { ...env, SERVICE_KEY: "canary-3{" });
    expect(load).toThrow("SERVICE_KEY: is not the JSON of the service's private Ed25519 JWK");
    expect(load).not.toThrow("canary");
  });

  it("keep records for ever, or long enough that no event of theirs can be read again", () => {
    const days = (text?: string) =>
      loadConfig(z.object({ callDays: keepDays("calls") }), text === undefined ? {} : { CALL_DAYS: text }).callDays;
    expect([days(), days("0"), days("40"), days("3650")]).toEqual([0, 0, 40, 3_650]);
    for (const few of ["1", "39", "-1", "40.5", "soon"]) expect(() => days(few)).toThrow("CALL_DAYS");
    expect(() => days("30")).toThrow(
      "CALL_DAYS: is 0 (for ever) or at least 40 days: consumers may read the events of the last weeks again",
    );
  });

  it("never print the database's address or the private key", () => {
    const printed = JSON.stringify(loadConfig(schema, env)) + describeConfig(schema);
    expect(printed).not.toContain("canary");
  });
});
