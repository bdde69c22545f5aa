import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "@jest/globals";
import { PASSWORD } from "@trunkline/dev-env";
import type { Browser, Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const SIZE = { width: 1366, height: 768 };
const DEADLINE_MS = 60_000;

export type Look = { readonly locale?: "zh-CN" | "en-US"; readonly colorScheme?: "light" | "dark" };

/** A page of a browser of its own, as one person has it; whatever it complains about is kept. */
export async function newPage(browser: Browser, complaints: string[], look: Look = {}): Promise<Page> {
  const { locale = "zh-CN", colorScheme = "light" } = look;
  const context = await browser.newContext({ viewport: SIZE, locale, colorScheme, timezoneId: "Asia/Shanghai" });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  page.on("console", (line) => {
    // What the network says of a refused call is the console's to show, and it does.
    if (line.type() === "error" && !line.text().startsWith("Failed to load resource") && !line.text().startsWith("WebSocket connection"))
      complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return page;
}

export async function logIn(page: Page, url: string, tenant: string, login: string, password: string = PASSWORD): Promise<void> {
  await page.goto(url);
  await page.fill("[name=tenant]", tenant);
  await page.fill("[name=login]", login);
  await page.fill("[name=password]", password);
  await page.click("button[type=submit]");
}

/** Nothing scrolls but what is meant to, no button's text is cut, and axe finds nothing: in light and in dark. */
export async function expectGoodScreen(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // What fades in has other colours on the way.
    await page.evaluate(
      `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
        .then(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))))`,
    );
    const page_ = await page.evaluate(
      "({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight, body: document.body.scrollHeight })",
    );
    expect({ name, ...(page_ as object) }).toEqual({ name, ...SIZE, body: SIZE.height });
    const cut = await page.evaluate(
      "[...document.querySelectorAll('.mantine-Button-label')].filter((label) => label.scrollWidth > label.clientWidth).map(({ textContent }) => textContent)",
    );
    expect({ name, cut }).toEqual({ name, cut: [] });
    await page.evaluate(AXE);
    const violations = (await page.evaluate(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, String(target), failureSummary])))`,
    )) as unknown[];
    expect({ name, colorScheme, violations }).toEqual({ name, colorScheme, violations: [] });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
}

/** Where each part of the screen is. */
export async function placesOf(page: Page): Promise<unknown> {
  return page.evaluate(
    `[...document.querySelectorAll(".header, .agent > *, .agent > .column > *")].map((part) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      return [part.className.split(" ")[0], x, y, width, height];
    })`,
  );
}
