import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type DemoTenant, EXTENSIONS, logIn, PASSWORD, type System, seedDemo } from "@trunkline/dev-env";
import { startStory } from "./system.ts";

describe("the public pages", () => {
  let system: System;
  let tenant: DemoTenant;
  beforeAll(async () => {
    system = await startStory("pages", () => Date.now(), ["huaxing"], {
      services: ["workforce", "customer", "marketing", "service-desk", "gateway"],
    });
    tenant = await seedDemo({ ...system, tenant: "huaxing", index: 3, extensions: EXTENSIONS.slice(0, 1), batchSize: 3 });
  }, 120_000);
  afterAll(async () => system[Symbol.asyncDispose](), 60_000);

  it("let a person out of e-mails with one button, and the next batch leaves them alone", async () => {
    const marketer = (await logIn(system.gatewayUrl, "huaxing", "marketer", PASSWORD)).api;
    const send = (requestId: string) =>
      marketer.call<{ batch: { batchId: string } }>("marketing.v1.BatchService/CreateBatch", {
        requestId,
        segmentId: tenant.segmentId,
        templateId: "autumn-mail",
        channel: "CHANNEL_EMAIL",
        purpose: "PURPOSE_MARKETING",
      });
    const finished = async (batchId: string) => {
      for (;;) {
        const { batch } = await marketer.call<{ batch: { state: string; counts: Record<string, number> } }>(
          "marketing.v1.BatchService/GetBatch",
          { batchId },
        );
        if (batch.state === "finished") return batch.counts;
      }
    };
    expect(await finished((await send("first")).batch.batchId)).toMatchObject({ sent: 2, suppressed: 1 });
    const link = system.simulators.mails()[0]?.unsubscribe ?? "";
    expect(link.startsWith(`${system.gatewayUrl}/unsubscribe/`)).toBe(true);
    expect(await (await fetch(link)).text()).toContain("<button>退订</button>");
    expect(await (await fetch(link, { method: "POST", headers: { "accept-language": "en" } })).text()).toContain("You are unsubscribed");
    expect(await finished((await send("second")).batch.batchId)).toMatchObject({ sent: 1, suppressed: 2 });
  });

  it("say that a link is not valid, in the reader's language, without a stack or a token in it", async () => {
    const bad = await fetch(`${system.gatewayUrl}/s/not-a-token-at-all`, { headers: { "accept-language": "en-GB" } });
    expect(bad.status).toBe(404);
    // Nobody on the way keeps what was one person's.
    expect([bad.headers.get("cache-control"), bad.headers.get("etag")]).toEqual(["no-store", null]);
    expect(await bad.text()).toContain("This link is not valid");
    const chinese = await (await fetch(`${system.gatewayUrl}/s/${"x".repeat(150)}`)).text();
    expect(chinese).toContain("链接无效");
    expect(chinese).not.toContain("xxx");
  });
});
