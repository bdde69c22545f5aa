import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { checkPorts, startSystem } from "./system.ts";

async function taken() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: String(typeof address === "object" && address ? address.port : 0),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe("ports that are asked for by number", () => {
  it.each(["HTTP_PORT", "DESKTOP_PORT"])("are looked at before anything is started: %s", async (name) => {
    await using busy = await taken();
    const said: string[] = [];
    const start = startSystem({ env: { [name]: busy.port }, dataDir: "unused", tenants: [], onProgress: (line) => said.push(line) });
    await expect(start).rejects.toThrow(new RegExp(`\\(${name}\\): port ${busy.port} is taken`));
    expect(said).toEqual([]);
  });

  it("may be left to the machine", async () => {
    await expect(checkPorts({})).resolves.toBeUndefined();
  });
});
