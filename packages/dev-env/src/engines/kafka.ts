import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ensureArtifacts } from "./artifacts.ts";
import { findJava } from "./java.ts";
import { pingKafka } from "./kafka-probe.ts";
import { brokerSettings } from "./kafka-settings.ts";
import { type LocalPlan, startLocal } from "./local.ts";
import { claimPorts, LOOPBACK } from "./ports.ts";
import { EngineError, type Env, type RunningEngine, type StartContext } from "./types.ts";

const run = promisify(execFile);
const FORMAT_DEADLINE_MS = 60_000;
/** Start-up over peak speed, and little memory; without the logging binding start errors vanish. */
const JVM = [
  "-Xmx256m",
  "-Xms64m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:+ExitOnOutOfMemoryError",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/** The real broker, KRaft, one node that is broker and controller. */
export function startKafka(context: StartContext): Promise<RunningEngine> {
  const { kafka, kafkaController } = context.ports;
  return startLocal(() => plan(context), kafka === undefined || kafkaController === undefined);
}

async function plan({ env, dataDir, mongoBackend, ports, onProgress }: StartContext): Promise<LocalPlan> {
  const folder = join(dataDir, "kafka");
  const logs = join(folder, "data");
  await mkdir(folder, { recursive: true });
  const java = await findJava(env, "Kafka", "KAFKA_BROKERS");
  const jars = await ensureArtifacts(["kafka"], { env, onProgress });
  const [port = 0, controllerPort = 0] = await claimPorts([
    { wanted: ports.kafka, forWhat: "Kafka" },
    { wanted: ports.kafkaController, forWhat: "Kafka's controller" },
  ]);
  const settings = join(folder, "server.properties");
  await writeFile(settings, brokerSettings({ host: LOOPBACK, port, controllerPort, logs }));
  const program = [...JVM, "-cp", jars.join(delimiter)];
  await formatOnce({ java, program, settings, logs, env });
  const address = `${LOOPBACK}:${port}`;
  return {
    what: "Kafka",
    address,
    line: {
      command: java,
      args: [...program, "kafka.Kafka", settings],
      cwd: folder,
      env,
      logFile: join(folder, "kafka.log"),
    },
    probe: () => pingKafka(address),
    graceMs: mongoBackend === "memory" ? 0 : 10_000,
  };
}

interface Formatting {
  readonly java: string;
  readonly program: readonly string[];
  readonly settings: string;
  readonly logs: string;
  readonly env: Env;
}

/** A KRaft broker refuses a folder without an identity, and a folder can be given one only once. */
async function formatOnce({ java, program, settings, logs, env }: Formatting): Promise<void> {
  const formatted = await access(join(logs, "bootstrap.checkpoint")).then(
    () => true,
    () => false,
  );
  if (formatted) return;
  // A format that was interrupted leaves a folder that is neither new nor usable.
  await rm(logs, { recursive: true, force: true });
  const id = randomBytes(16).toString("base64url");
  const args = [...program, "kafka.tools.StorageTool", "format", "--cluster-id", `T${id.slice(1)}`, "--config", settings];
  try {
    await run(java, args, {
      env: env as NodeJS.ProcessEnv,
      timeout: FORMAT_DEADLINE_MS,
    });
  } catch (error) {
    const { stderr = "", stdout = "" } = error as {
      stderr?: string;
      stdout?: string;
    };
    const reason = `${stdout}\n${stderr}`.trim().split("\n").at(-1) ?? String(error);
    throw new EngineError(`Kafka's data folder ${logs} could not be prepared: ${reason}; check free space and rights`);
  }
}
