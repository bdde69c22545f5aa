import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { WEBHOOK_PROTOCOL, webhookProtocol } from "./webhook-protocol.ts";

describe("docs/reference/telephony-webhook.openapi.json", () => {
  it("is what the server checks by: made anew by `node tests/write-reference.ts`", () => {
    expect(readFileSync(WEBHOOK_PROTOCOL, "utf8")).toBe(webhookProtocol());
  });

  it("says of every event and every order what it means", () => {
    type Variant = { description?: string; properties: { type: { const: string } } };
    const { components } = JSON.parse(webhookProtocol()) as {
      components: { schemas: Record<string, { oneOf?: Variant[]; anyOf?: Variant[] }> };
    };
    const variants = Object.values(components.schemas).flatMap(({ oneOf = [], anyOf = [] }) => [...oneOf, ...anyOf]);
    expect(variants.length).toBe(17 + 13);
    expect(variants.filter(({ description }) => !description)).toEqual([]);
  });
});
