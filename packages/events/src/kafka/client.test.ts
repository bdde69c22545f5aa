import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { securityOptions } from "./client.ts";

const CA = fileURLToPath(new URL("../../../rpc/fixtures/tls/ca.crt", import.meta.url));
const sasl = { mechanism: "plain", username: "trunkline", password: "secret" } as const;

describe("the way to the brokers", () => {
  it("is in clear and without credentials where nothing is set", () => expect(securityOptions({})).toEqual({}));

  it("is TLS with the public authorities, or with one's own", () => {
    expect(securityOptions({ tls: true })).toEqual({ ssl: true });
    expect(securityOptions({ ca: CA })).toEqual({ ssl: { ca: [expect.stringContaining("BEGIN CERTIFICATE")] } });
    expect(() => securityOptions({ ca: "/nonexistent/ca.crt" })).toThrow("/nonexistent/ca.crt");
  });

  it("never sends a password in clear", () => {
    expect(() => securityOptions({ sasl })).toThrow("set tls");
    expect(securityOptions({ tls: true, sasl })).toEqual({ ssl: true, sasl });
    expect(securityOptions({ sasl: { ...sasl, mechanism: "scram-sha-512" } })).toMatchObject({ sasl: { mechanism: "scram-sha-512" } });
  });
});
