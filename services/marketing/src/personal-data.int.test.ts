import { afterEach, describe, expect, it } from "@jest/globals";
import { startMailSink, startSmsc } from "@trunkline/dev-env/simulators";
import { Channel } from "@trunkline/proto/marketing";
import { finished, prepared, start } from "./batch.test-support.ts";
import { createWorld, resources, startEngine } from "./engine.test-support.ts";

const { use, close } = resources();
afterEach(close);

describe("what leaves the service", () => {
  it("in events and log lines holds no number, address, name or text", async () => {
    const world = createWorld(30);
    const [smsc, sink] = [
      use(await startSmsc({ deliverReceiptAfterMs: 1, failNumbers: [world.people[3]?.phone ?? ""] })),
      use(await startMailSink({ failAddresses: [world.people[4]?.email ?? ""] })),
    ];
    const { context } = use(await startEngine(world, { SMPP_URL: smsc.url, SMTP_URL: sink.url }));
    for (const channel of ["sms", "email"] as const) {
      await prepared(context, world, channel);
      await finished(context, await start(context, channel === "sms" ? Channel.SMS : Channel.EMAIL, channel));
    }
    await smsc.sendMobileOriginated(world.people[5]?.phone ?? "", "TD");
    expect(world.published.filter(({ topic }) => topic === "trunkline.marketing.message.v1").length).toBeGreaterThan(100);
    const everything = [...world.lines, ...world.published.map(({ payload }) => Buffer.from(payload).toString("utf8"))].join("\n");
    for (const { phone, email, name } of world.people)
      for (const secret of [phone, phone.slice(3), email, name]) expect(everything.includes(secret)).toBe(false);
    expect(everything).not.toContain("保养");
  });
});
