import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineKind, EngineName } from "./types.ts";

/** What a data folder says about the process whose engines use it. */
export interface Owner {
  readonly pid: number;
  readonly engines: Partial<Record<EngineName, { readonly kind: EngineKind; readonly address: string }>>;
}

const FILE = "engines.json";
/** The longest time a start takes; until then a note without addresses means "starting". */
const STARTING_MS = 120_000;

/**
 * The process that uses the folder now, if any. A process id alone proves nothing after a restart of the machine, so a
 * recorded engine must answer, too. `nowMs`: UTC epoch milliseconds.
 */
export async function livingOwner(
  dataDir: string,
  nowMs: number,
  answers: (engine: EngineName, address: string) => Promise<boolean>,
): Promise<Owner | undefined> {
  const file = join(dataDir, FILE);
  const owner = parse(await readFile(file, "utf8").catch(() => ""));
  if (!owner || !isAlive(owner.pid)) return undefined;
  const entries = Object.entries(owner.engines) as [EngineName, { address: string }][];
  if (entries.length === 0) {
    const written = (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
    return nowMs - written < STARTING_MS ? owner : undefined;
  }
  const replies = await Promise.all(entries.map(([engine, { address }]) => answers(engine, address)));
  return replies.includes(true) ? owner : undefined;
}

/** Notes `owner` in the folder; false when another process noted itself first. */
export async function claimFolder(dataDir: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(join(dataDir, FILE), JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export async function updateClaim(dataDir: string, owner: Owner): Promise<void> {
  const aside = join(dataDir, `${FILE}.${owner.pid}`);
  await writeFile(aside, JSON.stringify(owner));
  await rename(aside, join(dataDir, FILE));
}

export async function releaseFolder(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE), { force: true });
}

function parse(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, engines } = value as Partial<Owner>;
    return typeof pid === "number" && typeof engines === "object" ? { pid, engines } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
