import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Docker } from "./docker-client.ts";
import { pinnedBinary } from "./redis.ts";
import { scratchFolder } from "./testing.ts";
import type { Env } from "./types.ts";

const run = promisify(execFile);

/**
 * An image with nothing in it but redis-server and the libraries that it is linked with, made of this (Linux) machine's
 * own files: no registry is asked. Gives its name; whoever made it removes it.
 */
export async function makeRedisImage(docker: Docker, env: Env): Promise<string> {
  await using folder = await scratchFolder();
  const binary = await pinnedBinary({ env, onProgress: () => {} });
  const { stdout } = await run("ldd", [binary]);
  if (stdout.includes("not found")) throw new Error(`redis-server lacks a library here:\n${stdout}`);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  await copyInto(folder.path, binary, "/usr/local/bin/redis-server");
  for (const library of libraries) await copyInto(folder.path, library, library);
  const tag = randomBytes(4).toString("hex");
  const tar = spawn("tar", ["-C", folder.path, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const progress = await docker.importImage(tar.stdout, { repo: "trunkline-test-redis", tag, changes: "WORKDIR /data" });
  await new Promise((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve(undefined)));
  });
  return `trunkline-test-redis:${tag}`;
}

async function copyInto(root: string, from: string, to: string): Promise<void> {
  const target = join(root, to);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(from, target);
}
