import { createHash, randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContainerRuntimeClient } from "testcontainers";
import { type ContainerPlan, launch } from "./container-launch.ts";
import { removeContainer } from "./container-removal.ts";
import { supervise } from "./container-supervision.ts";
import { CONTAINERS, type ContainerRecipe } from "./containers.ts";
import { command, type Docker, dockerClient, loadTestcontainers, reasonOf, refused, within } from "./docker-client.ts";
import { lastWill } from "./last-will.ts";
import { claimPort } from "./ports.ts";
import type { EngineName, Env, RunningEngine, StartContext } from "./types.ts";

const PULL_MS = 180_000;
const RYUK_MS = 20_000;
const WILL = fileURLToPath(new URL("./container-last-will.ts", import.meta.url));

/** Why Docker cannot be used, in one line; undefined when it can. */
export function whyNoDocker(env: Env): Promise<string | undefined> {
  return dockerClient(env).then(() => undefined, reasonOf);
}

/** Why the image of an engine is not to be had, in one line; undefined when it is here (now). */
export async function whyNoImage(name: EngineName, env: Env): Promise<string | undefined> {
  const { image } = CONTAINERS[name];
  try {
    const client = await dockerClient(env);
    const { ImageName } = await loadTestcontainers();
    const wanted = ImageName.fromString(image);
    await within(PULL_MS, client.image.pull(wanted), `not within ${PULL_MS / 1000} s`);
    // testcontainers overlooks a download that breaks off.
    return (await client.image.exists(wanted)) ? undefined : `image ${image} cannot be pulled: the download broke off`;
  } catch (error) {
    return `image ${image} cannot be pulled: ${reasonOf(error)}`;
  }
}

/** Runs an engine's image with its port published on loopback; it ends with this process, whatever that dies of. */
export async function startContainer(
  engine: EngineName,
  context: StartContext,
  recipe: ContainerRecipe = CONTAINERS[engine],
): Promise<RunningEngine> {
  const client = await dockerClient(context.env);
  const docker = client.container.dockerode;
  const session = await ryukSession(client);
  const plan = await planFor(engine, context, recipe, session !== undefined);
  const { name, volume, keep } = plan;
  const revoke = lastWill([process.execPath, WILL, name, ...(keep ? [] : [volume])], context.env);
  const remove = async () => {
    await command(recipe.what, removeContainer(docker, name, keep ? undefined : volume));
    revoke();
  };
  try {
    if (keep) await removeUsersOf(docker, volume);
    // Ryuk removes what bears its session's label: not a volume whose data shall stay.
    const Labels = session === undefined || keep ? {} : { [session.label]: session.id };
    await docker.createVolume({ Name: volume, Labels });
    return supervise(plan, docker, await launch(plan), remove);
  } catch (error) {
    await remove().catch(() => {});
    throw refused(recipe.what, "cannot start", error);
  }
}

async function planFor(engine: EngineName, context: StartContext, recipe: ContainerRecipe, ryuk: boolean): Promise<ContainerPlan> {
  const { dataDir, mongoBackend, ports } = context;
  const folder = join(dataDir, engine);
  await mkdir(folder, { recursive: true });
  const place = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const unique = randomBytes(4).toString("hex");
  const keep = mongoBackend === "file";
  return {
    recipe,
    name: `trunkline-${engine}-${unique}`,
    volume: `trunkline-${engine}-${keep ? place : unique}`,
    keep,
    port: await claimPort(ports[engine], recipe.what),
    logFile: join(folder, `${recipe.what.toLowerCase()}.log`),
    ryuk,
  };
}

let ryuk: Promise<{ readonly label: string; readonly id: string } | undefined> | undefined;

/**
 * Ryuk's session where Ryuk can run: it may be disabled, or its image not to be had. It removes containers also where the
 * guard dies together with this process. It does not replace the guard: it comes ten seconds late, and one Ryuk serves all
 * processes of a user, so it waits for the last of them.
 */
function ryukSession(client: ContainerRuntimeClient) {
  ryuk ??= loadTestcontainers().then(async ({ getReaper, LABEL_TESTCONTAINERS_SESSION_ID: label }) => {
    const reaper = await within(RYUK_MS, getReaper(client), "no Ryuk").catch(() => undefined);
    return reaper?.containerId ? { label, id: reaper.sessionId } : undefined;
  });
  return ryuk;
}

/** A data folder has one owner at a time, so whatever still uses its volume was left by one that is gone. */
async function removeUsersOf(docker: Docker, volume: string): Promise<void> {
  const left = await docker.listContainers({ all: true, filters: { volume: [volume] } });
  await Promise.all(left.map(({ Id }) => removeContainer(docker, Id)));
}
