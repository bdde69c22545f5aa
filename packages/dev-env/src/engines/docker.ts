import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CONTAINERS, type ContainerRecipe } from "./containers.ts";
import { endsWithin, type GuardedProcess, spawnGuarded, stopProcess } from "./guarded-process.ts";
import { claimPort } from "./ports.ts";
import { waitUntilReady } from "./readiness.ts";
import type { EngineName, Env, RunningEngine, StartContext } from "./types.ts";

const run = promisify(execFile);
/** A daemon that hangs must not hold up a machine that does without it. */
const LOOK_MS = 2_000;
const PULL_MS = 180_000;
const COMMAND_MS = 30_000;

/** Why Docker cannot be used, in one line; undefined when it can. */
export async function whyNoDocker(env: Env): Promise<string | undefined> {
  try {
    const { stdout } = await docker(env, LOOK_MS, "version", "--format", "{{.Server.Version}}");
    return stdout.trim() === "" ? "Docker has no server" : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "no docker command" : "no Docker engine answers";
  }
}

/** Why the image of an engine is not to be had, in one line; undefined when it is here (now). */
export async function whyNoImage(name: EngineName, env: Env): Promise<string | undefined> {
  const { image } = CONTAINERS[name];
  const here = await docker(env, LOOK_MS * 2, "image", "inspect", image).catch(() => undefined);
  if (here) return undefined;
  try {
    await docker(env, PULL_MS, "pull", "--quiet", image);
    return undefined;
  } catch (error) {
    const { stderr = "", killed } = error as { stderr?: string; killed?: boolean };
    const reason = killed ? `not within ${PULL_MS / 1000} s` : (stderr.trim().split("\n").at(-1) ?? "");
    return `image ${image} cannot be pulled: ${reason.slice(0, 200)}`;
  }
}

interface Container {
  readonly recipe: ContainerRecipe;
  readonly name: string;
  readonly volume: string;
  /** The data outlive the container. */
  readonly keep: boolean;
  readonly port: number;
  readonly folder: string;
  readonly env: Env;
}

/** Runs an engine's image with its port published on loopback; it ends with this process, whatever that dies of. */
export async function startContainer(engine: EngineName, context: StartContext): Promise<RunningEngine> {
  const { dataDir, env, mongoBackend, ports } = context;
  const recipe = CONTAINERS[engine];
  const folder = join(dataDir, engine);
  await mkdir(folder, { recursive: true });
  const place = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const unique = randomBytes(4).toString("hex");
  const keep = mongoBackend === "file";
  const container: Container = {
    recipe,
    name: `trunkline-${engine}-${unique}`,
    volume: `trunkline-${engine}-${keep ? place : unique}`,
    keep,
    port: await claimPort(ports[engine], recipe.what),
    folder,
    env,
  };
  return supervise(container, await launch(container));
}

async function launch(container: Container): Promise<GuardedProcess> {
  const { recipe, name, volume, port, folder, env, keep } = container;
  const published = ["--publish", `127.0.0.1:${port}:${recipe.port}`, "--volume", `${volume}:${recipe.dataPath}`];
  const settings = Object.entries(recipe.settings(port)).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  const child = spawnGuarded({
    command: "docker",
    args: ["run", "--rm", "--name", name, ...published, ...settings, recipe.image, ...recipe.args],
    cwd: folder,
    env,
    logFile: join(folder, `${recipe.what.toLowerCase()}.log`),
    lastWill: `docker rm -f ${name}${keep ? "" : `; docker volume rm -f ${volume}`}`,
  });
  try {
    await waitUntilReady(recipe.what, () => recipe.probe(recipe.address(port)), { child });
    return child;
  } catch (error) {
    await remove(container, child);
    throw error;
  }
}

function supervise(container: Container, first: GuardedProcess): RunningEngine {
  const { recipe, name, env } = container;
  let child = first;
  const act = async (...args: string[]) => {
    await docker(env, COMMAND_MS, ...args);
  };
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    if (!child.isAlive()) return;
    // A frozen container takes no other signal; one that is not frozen refuses this.
    await act("unpause", name).catch(() => {});
    await (signal === "SIGKILL" ? act("kill", name) : act("stop", "--time", "10", name));
    await endsWithin(child, COMMAND_MS);
  };
  return {
    kind: "docker",
    address: recipe.address(container.port),
    kill: end,
    freeze: () => act("pause", name),
    thaw: () => act("unpause", name),
    restart: async () => {
      await end("SIGTERM");
      child = await launch(container);
    },
    stop: async () => {
      if (container.keep) await end("SIGTERM").catch(() => {});
      await remove(container, child);
    },
  };
}

/** The volume last: it is in use until its container is gone. */
async function remove({ name, volume, keep, env }: Container, child: GuardedProcess): Promise<void> {
  await docker(env, COMMAND_MS, "rm", "--force", name).catch(() => {});
  await stopProcess(child, 0);
  if (!keep) await docker(env, COMMAND_MS, "volume", "rm", "--force", volume).catch(() => {});
}

async function docker(env: Env, limitMs: number, ...args: string[]): Promise<{ stdout: string }> {
  return run("docker", args, { env: env as NodeJS.ProcessEnv, timeout: limitMs, killSignal: "SIGKILL" });
}
