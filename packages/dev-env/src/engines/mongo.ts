import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureArtifacts } from "./artifacts.ts";
import { findJava } from "./java.ts";
import { type LocalPlan, startLocal } from "./local.ts";
import { claimPort, LOOPBACK } from "./ports.ts";
import { pingMongo } from "./probes.ts";
import type { RunningEngine, StartContext } from "./types.ts";

const MAIN = fileURLToPath(new URL("../../assets/MongoStandIn.java", import.meta.url));
/** Start-up over peak speed: the whole point is a machine with two cores and little memory. */
const JVM = ["-Xmx384m", "-Xms32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"];

/** One class logs whole commands that failed, with the personal data in them; the client gets the error anyway. */
const LOGGING = [
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  "-Dorg.slf4j.simpleLogger.log.de.bwaldvogel.mongo.wire.MongoWireProtocolHandler=off",
];

/** The MongoDB stand-in: see README.md for what it cannot do. */
export function startMongo(context: StartContext): Promise<RunningEngine> {
  return startLocal(() => plan(context), context.ports.mongo === undefined);
}

async function plan({ env, dataDir, mongoBackend, ports, onProgress }: StartContext): Promise<LocalPlan> {
  const folder = join(dataDir, "mongo");
  await mkdir(folder, { recursive: true });
  const java = await findJava(env, "MongoDB", "MONGO_URL");
  const jars = await ensureArtifacts(["mongo"], { env, onProgress });
  const port = await claimPort(ports.mongo, "MongoDB");
  const store = mongoBackend === "memory" ? "memory" : join(folder, "store.mv");
  const args = [...JVM, ...LOGGING, "-cp", jars.join(delimiter), MAIN, LOOPBACK, String(port), store];
  const address = `mongodb://${LOOPBACK}:${port}`;
  return {
    what: "MongoDB",
    address,
    line: {
      command: java,
      args,
      cwd: folder,
      env,
      logFile: join(folder, "mongo.log"),
    },
    probe: () => pingMongo(address),
    graceMs: mongoBackend === "memory" ? 0 : 5_000,
  };
}
