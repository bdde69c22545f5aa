import { once } from "node:events";
import { describe, expect, it } from "@jest/globals";
import express from "express";
import { notFound } from "./not-found.ts";

const CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

async function serve() {
  const server = express().use(notFound).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/no/such/<page>`;
  return {
    ask: (headers: Record<string, string>, method = "GET") => fetch(url, { method, headers }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("an address that is none", () => {
  it("shows a person a page in their language, with the way to the console", async () => {
    await using site = await serve();
    for (const [language, title] of [
      ["zh-CN", "没有这个页面"],
      ["en-GB,en", "There is no such page"],
    ] as const) {
      const reply = await site.ask({ accept: CHROMIUM, "accept-language": language });
      const text = await reply.text();
      expect([reply.status, reply.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
      expect(text).toContain(`<h1>${title}</h1>`);
      expect(text).toContain('href="/"');
    }
  });

  it.each([
    ["GET", "application/json"],
    ["GET", "*/*"],
    ["POST", CHROMIUM],
  ])("answers others in JSON: %s for %s", async (method, accept) => {
    await using site = await serve();
    const reply = await site.ask({ accept }, method);
    expect([reply.status, await reply.json()]).toEqual([404, expect.objectContaining({ code: "not_found" })]);
  });
});
