import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import { makeRedisImage } from "./container-testing.ts";
import { CONTAINERS, type ContainerRecipe } from "./containers.ts";
import { startContainer, whyNoDocker } from "./docker.ts";
import { type Docker, dockerClient } from "./docker-client.ts";
import { startEngines } from "./index.ts";
import { disposable, eventually, listens, localOnly, scratchFolder } from "./testing.ts";
import type { StartContext } from "./types.ts";

const { env } = process;
const START_MS = 60_000;
const whyNot =
  process.platform === "linux" ? await whyNoDocker(env) : "the test's image is made of this machine's files, which needs Linux";
if (whyNot) console.warn(`SKIPPED, containers are not tested here: ${whyNot}`);

let docker: Docker;
let recipe: ContainerRecipe;

function contextOf(dataDir: string, mongoBackend: "memory" | "file"): StartContext {
  return { env, dataDir, mongoBackend, ports: {}, onProgress: () => {} };
}

/** Starts the real recipe with the image of this test. */
async function start(dataDir: string, mongoBackend: "memory" | "file" = "memory") {
  const engine = await startContainer("redis", contextOf(dataDir, mongoBackend), recipe);
  return { engine, [Symbol.asyncDispose]: () => engine.stop() };
}

function clientOf(address: string) {
  return disposable(new Redis(address, { maxRetriesPerRequest: null }), (redis) => redis.disconnect());
}

/** Containers of this test's image, and volumes that look like an engine's. */
async function remains(): Promise<string[]> {
  const containers = await docker.listContainers({ all: true, filters: { ancestor: [recipe.image] } });
  const { Volumes } = await docker.listVolumes({ filters: { name: ["trunkline-redis-"] } });
  return [...containers.flatMap(({ Names }) => Names), ...(Volumes ?? []).map(({ Name }) => Name)];
}

describe("a Docker engine that is not there", () => {
  const elsewhere = localOnly(env);

  it("is reported, and no other one is taken in its place", async () => {
    expect(await whyNoDocker(elsewhere)).toBe("no Docker engine answers at DOCKER_HOST (unix:///nonexistent/docker.sock)");
  });

  it("is an error that says what to do where only containers were asked for", async () => {
    await using folder = await scratchFolder();
    const started = startEngines({ env: elsewhere, dataDir: folder.path, kind: "docker" });
    await expect(started).rejects.toThrow(/^no Docker engine answers at .+; start Docker, or correct DOCKER_HOST, or take other engines$/);
  });
});

(whyNot ? describe.skip : describe)("an engine in a container", () => {
  beforeAll(async () => {
    docker = (await dockerClient(env)).container.dockerode;
    recipe = { ...CONTAINERS.redis, image: await makeRedisImage(docker, env) };
  }, START_MS);
  afterAll(async () => {
    await docker.getImage(recipe.image).remove({ force: true });
  });

  it("answers on loopback only, and leaves nothing behind when stopped", async () => {
    await using folder = await scratchFolder();
    const before = await remains();
    {
      await using started = await start(folder.path);
      expect(started.engine.kind).toBe("docker");
      await using client = clientOf(started.engine.address);
      expect(await client.it.ping()).toBe("PONG");
      const [container] = await docker.listContainers({ filters: { ancestor: [recipe.image] } });
      expect(container?.Ports.map(({ IP }) => IP)).toEqual(["127.0.0.1"]);
    }
    expect(await remains()).toEqual(before);
  });

  it("is gone when killed, and comes back on the same port with the same data", async () => {
    await using folder = await scratchFolder();
    await using started = await start(folder.path);
    const { engine } = started;
    await using client = clientOf(engine.address);
    await client.it.set("agent:7", "ready");
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await engine.kill(signal);
      expect(await listens(engine.address)).toBe(false);
      await engine.restart();
      expect(await client.it.get("agent:7")).toBe("ready");
    }
    await engine.restart();
    expect(await client.it.get("agent:7")).toBe("ready");
  });

  it("answers nothing while it is frozen, and everything afterwards", async () => {
    await using folder = await scratchFolder();
    await using started = await start(folder.path);
    await using client = clientOf(started.engine.address);
    await client.it.set("agent:7", "ready");
    await started.engine.freeze();
    const whileFrozen = client.it.get("agent:7");
    const winner = await Promise.race([whileFrozen, new Promise((done) => setTimeout(() => done("nothing"), 300))]);
    expect(winner).toBe("nothing");
    await started.engine.thaw();
    expect(await whileFrozen).toBe("ready");
    await started.engine.freeze();
    await started.engine.kill("SIGKILL");
    expect(await listens(started.engine.address)).toBe(false);
    await started.engine.restart();
    await started.engine.freeze();
    await started.engine.stop();
    expect(await listens(started.engine.address)).toBe(false);
  });

  it("keeps its data for the next start in the same folder, and takes them from what was left running there", async () => {
    await using folder = await scratchFolder();
    const first = await startContainer("redis", contextOf(folder.path, "file"), recipe);
    const [left] = await docker.listContainers({ filters: { ancestor: [recipe.image] } });
    const volume = left?.Mounts[0]?.Name ?? "";
    await using _gone = disposable(volume, (name) => docker.getVolume(name).remove({ force: true }));
    await using before = clientOf(first.address);
    await before.it.set("agent:7", "ready");
    await using second = await start(folder.path, "file");
    await using after = clientOf(second.engine.address);
    expect(await after.it.get("agent:7")).toBe("ready");
    expect(await listens(first.address)).toBe(false);
    await first.stop();
  });

  it("that does not come up says why in one line, and leaves nothing behind", async () => {
    await using folder = await scratchFolder();
    const before = await remains();
    const context = contextOf(folder.path, "memory");
    const misled = startContainer("redis", context, { ...recipe, args: ["redis-server", "--nonsense", "1"] });
    await expect(misled).rejects.toThrow(/^Redis ended with exit code 1: .+ \(log: .+redis\.log\)$/);
    const unknown = startContainer("redis", context, { ...recipe, args: ["no-such-program"] });
    await expect(unknown).rejects.toThrow(
      /^Redis cannot start in its container \(.+no-such-program.+\); put that right, then start again$/,
    );
    expect(await remains()).toEqual(before);
  });

  it("ends with the process that started it, also when that is killed without warning", async () => {
    await using folder = await scratchFolder();
    const before = await remains();
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", PARENT, folder.path, recipe.image], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [address = ""] = (await once(createInterface(parent.stdout), "line")) as string[];
    expect(await listens(address)).toBe(true);
    expect(await remains()).not.toEqual(before);
    parent.kill("SIGKILL");
    await eventually("nothing is left of it", async () => (await remains()).length === before.length);
    expect(await listens(address)).toBe(false);
  });
});

const PARENT = `
  import { CONTAINERS } from "./containers.ts";
  import { startContainer } from "./docker.ts";
  const [dataDir, image] = process.argv.slice(1);
  const context = { env: process.env, dataDir, mongoBackend: "memory", ports: {}, onProgress: () => {} };
  const engine = await startContainer("redis", context, { ...CONTAINERS.redis, image });
  process.stdout.write(engine.address + "\\n");
  setInterval(() => {}, 1_000);
`;
