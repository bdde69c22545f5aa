import { createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { claimPort, claimPorts, LOOPBACK } from "./ports.ts";

describe("ports for a system of one's own", () => {
  it("lie below those that a listener on port 0 is given, so nobody takes them between claim and start", async () => {
    const ports = await claimPorts(Array.from({ length: 20 }, (_, index) => ({ wanted: undefined, forWhat: `door ${index}` })));
    expect(new Set(ports).size).toBe(20);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it("are refused when somebody listens there, by name", async () => {
    const port = await claimPort(undefined, "door");
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(port, LOOPBACK, done));
    await expect(claimPort(port, "door")).rejects.toThrow(`door: port ${port} is taken`);
    await new Promise((done) => holder.close(done));
  });
});
