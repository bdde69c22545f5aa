import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** CHROMIUM_PATH, else the system's own browser; undefined when there is none. */
export function findChromium(): string | undefined {
  return process.env["CHROMIUM_PATH"] || USUAL.find((path) => existsSync(path));
}

const FLAGS = [
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
];

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error("no Chromium was found: install one (Debian: apt-get install chromium), or name it in CHROMIUM_PATH");
  // Chromium refuses its sandbox to root; a container's or a CI's user often is root.
  return chromium.launch({ executablePath, args: [...FLAGS, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])] });
}
