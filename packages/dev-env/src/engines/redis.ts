import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDir, ensureArtifacts } from "./artifacts.ts";
import { type LocalPlan, startLocal } from "./local.ts";
import { claimPort, LOOPBACK } from "./ports.ts";
import { pingRedis } from "./probes.ts";
import { EngineError, type Env, type RunningEngine, type StartContext } from "./types.ts";
import { readZipEntry } from "./zip.ts";

const run = promisify(execFile);
/** The oldest version whose commands the code is written to. */
const OLDEST = [6, 2] as const;
const IN_THE_JAR: Readonly<Record<string, string>> = {
  "linux-x64": "redis-server-6.2.6-v5-linux-amd64",
  "linux-arm64": "redis-server-6.2.7-linux-arm64",
  "darwin-x64": "redis-server-6.2.6-v5-darwin-amd64",
  "darwin-arm64": "redis-server-6.2.6-v5-darwin-arm64",
};

/** A `redis-server` or `valkey-server` on PATH that is new enough; undefined when the pinned one is needed. */
export async function redisOnPath(env: Env): Promise<string | undefined> {
  for (const command of ["redis-server", "valkey-server"]) {
    const { stdout } = await run(command, ["--version"], {
      env: env as NodeJS.ProcessEnv,
      timeout: 5_000,
    }).catch(() => ({ stdout: "" }));
    const [, major = "0", minor = "0"] = /v=(\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return command;
  }
  return undefined;
}

export function startRedis(context: StartContext): Promise<RunningEngine> {
  return startLocal(() => plan(context), context.ports.redis === undefined);
}

async function plan(context: StartContext): Promise<LocalPlan> {
  const { env, ports } = context;
  const folder = join(context.dataDir, "redis");
  await mkdir(folder, { recursive: true });
  const command = (await redisOnPath(env)) ?? (await pinnedBinary(context));
  const port = await claimPort(ports.redis, "Redis");
  const args = ["--bind", LOOPBACK, "--port", String(port), "--dir", folder];
  args.push("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no");
  const address = `redis://${LOOPBACK}:${port}`;
  return {
    what: "Redis",
    address,
    line: {
      command,
      args,
      cwd: folder,
      env,
      logFile: join(folder, "redis.log"),
    },
    probe: () => pingRedis(address),
    graceMs: 5_000,
  };
}

/** The path of the pinned `redis-server`, after fetching it where it is not there yet. */
export async function pinnedBinary({ env, onProgress }: Pick<StartContext, "env" | "onProgress">): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const entry = IN_THE_JAR[platform];
  if (!entry) throw new EngineError(`no Redis for ${platform}; install redis-server 6.2 or newer, or set REDIS_URL`);
  const binary = join(cacheDir(env), "redis", entry);
  const [jar = ""] = await ensureArtifacts(["redis"], { env, onProgress });
  const there = await stat(binary).catch(() => undefined);
  if (there) return binary;
  const content = readZipEntry(await readFile(jar), entry);
  if (!content) throw new EngineError(`${jar} has no ${entry}; install redis-server 6.2 or newer, or set REDIS_URL`);
  await mkdir(join(cacheDir(env), "redis"), { recursive: true });
  // Written aside and renamed, so that two first starts at once never run half a file.
  const aside = `${binary}.${process.pid}`;
  await writeFile(aside, content);
  await chmod(aside, 0o755);
  await rename(aside, binary);
  return binary;
}
