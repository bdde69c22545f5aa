import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../cli/command-line.ts";
import { startEngines } from "./index.ts";

const USAGE = "node cli.ts [--memory] [--data DIR]";

/** Starts the three engines, prints their addresses as environment lines, and stays until told to end. */
async function main(): Promise<void> {
  const { values } = commandLine(USAGE, {
    options: { memory: { type: "boolean" }, data: { type: "string" } },
  });
  const scratch = values.data === undefined ? await mkdtemp(join(tmpdir(), "trunkline-engines-")) : undefined;
  const ending = toldToEnd();
  try {
    await using engines = await startEngines({
      env: process.env,
      dataDir: values.data ?? (scratch as string),
      mongoBackend: values.memory ? "memory" : "file",
      onProgress: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`KAFKA_BROKERS=${engines.kafkaBrokers}\n`);
    process.stdout.write(`MONGO_URL=${engines.mongoUrl}\nREDIS_URL=${engines.redisUrl}\n`);
    await ending;
  } finally {
    if (scratch) await rm(scratch, { recursive: true, force: true });
  }
}

function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    process.stdin.once("end", () => resolve());
    process.stdin.resume();
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
