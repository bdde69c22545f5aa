import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { CustomerService } from "@trunkline/proto/customer";
import { createClient } from "./client.ts";
import { openWorld, refusal, serve } from "./testing.ts";
import { readTls } from "./tls.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));

describe("gRPC between pods with TLS", () => {
  it("is answered for who shows a certificate of the same authority, and for nobody else", async () => {
    const world = await openWorld();
    const tls = readTls(FOLDER);
    await using served = await serve(world, {}, { tls });
    const token = await world.user("agent");
    const gateway = await world.service("gateway");
    const ask = async (shown: typeof tls) => {
      const how = { address: served.address, token: async () => gateway, deadlineMs: 60_000, tls: shown };
      await using customers = createClient(CustomerService, how);
      return await customers.getCustomer({ customerId: "c1" }, { userToken: token });
    };
    expect((await ask(tls)).customer?.customerId).toBe("c1");
    expect(await refusal(ask(undefined))).toMatchObject({ kind: "unavailable" });
  });

  it("names the file that is missing at the start", () => {
    expect(() => readTls("/nonexistent")).toThrow("/nonexistent/ca.crt");
    expect(readTls("")).toBeUndefined();
  });
});
