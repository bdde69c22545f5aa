import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { describeConfig, loadConfig, secret } from "./config.ts";

const CANARY = "canary-7781";
const schema = z.object({
  mongoUrl: secret(z.string().min(20)).describe("MongoDB address"),
  rpcPort: z.coerce.number().int().min(0).max(65535).default(0).describe("gRPC port; 0 takes a free one"),
  store: z.enum(["mongo", "memory"]).default("mongo").describe("where data are kept"),
  kafkaBrokers: z.string().min(1).describe("comma list of host:port"),
});
const env = { MONGO_URL: `mongodb://app:${CANARY}@db/`, KAFKA_BROKERS: "b:9092", RPC_PORT: "50051", UNRELATED: "x" };

describe("configuration", () => {
  it("is read by upper snake names, typed, with defaults, and knows nothing else of the environment", () => {
    const config = loadConfig(schema, env);
    expect({ ...config }).toEqual({ mongoUrl: env.MONGO_URL, rpcPort: 50_051, store: "mongo", kafkaBrokers: "b:9092" });
  });

  it("takes an empty variable for one that is not set", () => {
    expect(loadConfig(schema, { ...env, STORE: "", RPC_PORT: "" })).toMatchObject({ store: "mongo", rpcPort: 0 });
    expect(() => loadConfig(schema, { ...env, KAFKA_BROKERS: "" })).toThrow("KAFKA_BROKERS");
  });

  it("reads a secret from the file that its variable names with _FILE, and nothing else from files", () => {
    const dir = mkdtempSync(join(tmpdir(), "config-"));
    const file = join(dir, "mongo-url");
    writeFileSync(file, `${env.MONGO_URL}\n`);
    const { MONGO_URL: _, ...others } = env;
    expect(loadConfig(schema, { ...others, MONGO_URL_FILE: file }).mongoUrl).toBe(env.MONGO_URL);
    expect(() => loadConfig(schema, { ...env, MONGO_URL_FILE: file })).toThrow("MONGO_URL and MONGO_URL_FILE are both set");
    expect(() => loadConfig(schema, { ...others, MONGO_URL_FILE: join(dir, "none") })).toThrow(
      "MONGO_URL_FILE names cannot be read (ENOENT)",
    );
    expect(loadConfig(schema, { ...env, RPC_PORT: "", RPC_PORT_FILE: file }).rpcPort).toBe(0);
    rmSync(dir, { recursive: true });
  });

  it("cannot be changed", () => {
    const config = loadConfig(schema, env) as { rpcPort: number };
    expect(() => {
      config.rpcPort = 1;
    }).toThrow(TypeError);
  });

  it("names every missing or wrong variable at once, and no value", () => {
    const wrong = { MONGO_URL: CANARY, RPC_PORT: `${CANARY}1`, STORE: CANARY };
    const message = (() => {
      try {
        loadConfig(schema, wrong);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message.split("\n")[0]).toBe("configuration is incomplete or wrong:");
    expect(message.match(/^ {2}[A-Z_]+(?=: .)/gm)?.map((name) => name.trim())).toEqual(["MONGO_URL", "RPC_PORT", "STORE", "KAFKA_BROKERS"]);
    expect(message).not.toContain(CANARY);
  });

  it("prints its secrets as ***, however it is printed, and gives them to whoever asks by name", () => {
    const config = loadConfig(schema, env);
    const printed = [
      JSON.stringify(config),
      JSON.stringify({ config }),
      inspect(config),
      inspect({ a: { config } }),
      `${inspect([config])}`,
    ];
    for (const text of printed) {
      expect(text).not.toContain(CANARY);
      expect(text).toContain("***");
      expect(text).toContain("b:9092");
    }
    expect(config.mongoUrl).toContain(CANARY);
  });

  it("is described as a table for a README: names, meanings, defaults, no secret", () => {
    const withDefault = z.object({ ...schema.shape, token: secret(z.string().default(CANARY)).describe("a token") });
    expect(describeConfig(withDefault).split("\n")).toEqual([
      "| variable | meaning | default |",
      "| --- | --- | --- |",
      "| MONGO_URL | MongoDB address | secret |",
      "| RPC_PORT | gRPC port; 0 takes a free one | 0 |",
      "| STORE | where data are kept | mongo |",
      "| KAFKA_BROKERS | comma list of host:port | required |",
      "| TOKEN | a token | secret |",
    ]);
  });
});
