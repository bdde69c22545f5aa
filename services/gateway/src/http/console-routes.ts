import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Router, static as serveFiles } from "express";
import helmet from "helmet";
import type { GatewayConfig } from "../config.ts";

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Trunkline</title></head>
<body><main><h1>The console is not built</h1><p>Run <code>npm run build -w apps/console</code>, then load this page again. <code>npm start</code> does it by itself.</p></main></body></html>`;

/**
 * The console: `/`, its hashed files under `/assets`, and `/console.json`, which tells the page where the desktop socket is
 * and which services there are, so that it offers nothing else.
 * The page itself is asked for each time, its files are kept for a year, for their names change with what is in them.
 */
export function consoleRoutes(
  { consoleDir, desktopUrl }: Pick<GatewayConfig, "consoleDir" | "desktopUrl">,
  services: readonly string[],
): Router {
  const router = Router();
  router.use(
    ["/console.json", "/assets", "/favicon.svg"],
    helmet.contentSecurityPolicy({ directives: directives(desktopUrl), useDefaults: false }),
  );
  router.get("/console.json", (_request, response) => void response.set("cache-control", "no-store").json({ desktopUrl, services }));
  router.use("/assets", serveFiles(join(consoleDir, "assets"), { index: false, immutable: true, maxAge: "365d", fallthrough: true }));
  router.get("/favicon.svg", serveFiles(consoleDir, { index: false, maxAge: "1d" }));
  router.get("/", helmet.contentSecurityPolicy({ directives: directives(desktopUrl), useDefaults: false }), async (_request, response) => {
    const page = await readFile(join(consoleDir, "index.html"), "utf8").catch(() => undefined);
    response
      .status(page === undefined ? 503 : 200)
      .set("cache-control", "no-cache")
      .type("html")
      .send(page ?? NOT_BUILT);
  });
  return router;
}

/** No inline script and no inline style sheet: the console brings files only, and speaks with nobody but us. */
function directives(desktopUrl: string): Record<string, string[]> {
  return {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    mediaSrc: ["blob:"],
    connectSrc: ["'self'", ...(desktopUrl === "" ? [] : [new URL(desktopUrl).origin])],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  };
}
