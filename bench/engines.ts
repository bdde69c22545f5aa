import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineOptions, type Engines, startEngines } from "@trunkline/dev-env";
import { mongo } from "mongoose";

export type BenchEngines = Engines & {
  /** What the figures were measured on. */
  readonly engine: string;
};

/** Engines in the usual order (environment, Docker, local); local ones keep their data for this run only. */
export async function benchEngines(only: NonNullable<EngineOptions["only"]>, progress: (line: string) => void): Promise<BenchEngines> {
  await using opening = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  opening.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const engines = opening.use(await startEngines({ env: process.env, dataDir, mongoBackend: "memory", only, onProgress: progress }));
  const engine = only.includes("mongo") ? await nameOf(engines) : "no database";
  const stack = opening.move();
  return Object.assign(Object.create(engines) as Engines, { engine, [Symbol.asyncDispose]: () => stack.disposeAsync() });
}

async function nameOf(engines: Engines): Promise<string> {
  if (engines.kinds.mongo === "local") return "local stand-in, in memory, unique indexes only";
  const client = await mongo.MongoClient.connect(engines.mongoUrl);
  try {
    const info = (await client.db("admin").command({ buildInfo: 1 })) as { version: string; ferretdb?: { version?: string } };
    return info.ferretdb ? `FerretDB ${info.ferretdb.version ?? ""}`.trim() : `MongoDB ${info.version}`;
  } finally {
    await client.close();
  }
}
