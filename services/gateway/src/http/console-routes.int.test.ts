import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import express from "express";
import { consoleRoutes } from "./console-routes.ts";

/** The routes alone, over HTTP on a port of their own. */
async function serve(files: Readonly<Record<string, string>>) {
  const consoleDir = mkdtempSync(join(tmpdir(), "trunkline-console-"));
  mkdirSync(join(consoleDir, "assets"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(consoleDir, name), text);
  const app = express().use(consoleRoutes({ consoleDir, desktopUrl: "wss://desktop.test:8443" }, ["CallService"]));
  const server = app.listen(0);
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return {
    get: (path: string) => fetch(url + path),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(consoleDir, { recursive: true });
    },
  };
}

describe("the console's pages", () => {
  it("are asked for each time, their hashed files kept for a year, and no script but ours may run", async () => {
    await using site = await serve({ "index.html": "<!doctype html><title>x</title>", "assets/index-abc.js": "1" });
    const page = await site.get("/");
    expect([page.status, page.headers.get("cache-control"), await page.text()]).toEqual([
      200,
      "no-cache",
      "<!doctype html><title>x</title>",
    ]);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self'");
    expect(policy).toContain("connect-src 'self' wss://desktop.test:8443");
    expect(policy).not.toContain("unsafe");
    const script = await site.get("/assets/index-abc.js");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await site.get("/assets/..%2findex.html")).status).toBe(404);
    expect((await site.get("/assets/gone.js")).status).toBe(404);
  });

  it("know where the desktop socket is and which services there are", async () => {
    await using site = await serve({});
    const told = await site.get("/console.json");
    expect([told.headers.get("cache-control"), await told.json()]).toEqual([
      "no-store",
      { desktopUrl: "wss://desktop.test:8443", services: ["CallService"] },
    ]);
  });

  it("say which command builds them when they are not built", async () => {
    await using site = await serve({});
    const page = await site.get("/");
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("npm run build -w apps/console");
  });
});
