import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Artifact, fileName, repositoryPath } from "./pinned.ts";
import { EngineError, type Env } from "./types.ts";

const run = promisify(execFile);
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const MAVEN_DEADLINE_MS = 300_000;
const FILE_DEADLINE_MS = 120_000;
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;
const TRIES = 3;
const AT_ONCE = 8;

/** Lets Maven put the files into `folder`; false when there is no Maven here. */
export async function runMaven(artifacts: readonly Artifact[], folder: string, env: Env): Promise<boolean> {
  const pom = join(folder, "pom.xml");
  await writeFile(pom, pomOf(artifacts));
  const args = ["-q", "-B", "-f", pom, COPY, `-DoutputDirectory=${folder}`];
  try {
    await run("mvn", args, {
      env: env as NodeJS.ProcessEnv,
      timeout: MAVEN_DEADLINE_MS,
      maxBuffer: 1 << 24,
    });
    return true;
  } catch (error) {
    const { code, stdout = "" } = error as {
      code?: string | number;
      stdout?: string;
    };
    if (code === "ENOENT") return false;
    const reason = /\[ERROR\] (.+)/.exec(stdout)?.[1] ?? String(error);
    throw new EngineError(
      `download failed: mvn could not fetch the local engines (${reason.slice(0, 300)}); check the network and Maven's settings`,
    );
  }
}

/** Every file is pinned by itself, so Maven shall add none: hence the exclusions. */
function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map(
    ({ group, name, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>` +
      "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>",
  );
  return (
    "<project><modelVersion>4.0.0</modelVersion><groupId>trunkline</groupId><artifactId>engines</artifactId>" +
    `<version>1</version><dependencies>${dependencies.join("")}</dependencies></project>`
  );
}

/** The address that a person's Maven settings put in place of the central repository, if any. */
export async function mavenMirror(env: Env): Promise<string | undefined> {
  const settings = await readFile(join(env.HOME ?? homedir(), ".m2", "settings.xml"), "utf8").catch(() => "");
  for (const [, mirror = ""] of settings.replace(/<!--.*?-->/gs, "").matchAll(/<mirror>(.*?)<\/mirror>/gs)) {
    const of = /<mirrorOf>\s*(.*?)\s*<\/mirrorOf>/s.exec(mirror)?.[1]?.split(",") ?? [];
    const url = /<url>\s*(.*?)\s*<\/url>/s.exec(mirror)?.[1];
    const blocked = /<blocked>\s*true\s*<\/blocked>/.test(mirror);
    if (url && !blocked && of.some((name) => ["central", "*", "external:*"].includes(name.trim()))) return url;
  }
  return undefined;
}

/** Fetches the files from a Maven repository's base URL into `folder`. */
export async function download(base: string, artifacts: readonly Artifact[], folder: string): Promise<void> {
  const left = [...artifacts];
  const worker = async () => {
    for (let artifact = left.pop(); artifact; artifact = left.pop()) {
      const url = `${base.replace(/\/+$/, "")}/${repositoryPath(artifact)}`;
      await writeFile(join(folder, fileName(artifact)), await fetchWithRetries(url));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function fetchWithRetries(url: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(url);
    } catch (error) {
      if (attempt < TRIES && !(error instanceof EngineError)) continue;
      throw error instanceof EngineError ? error : failed(url, causeOf(error));
    }
  }
}

async function fetchOnce(url: string): Promise<Buffer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(FILE_DEADLINE_MS),
  });
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  if (!response.ok || !response.body) throw failed(url, `status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_FILE_BYTES) throw failed(url, `more than ${LARGEST_FILE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failed(url: string, reason: string): EngineError {
  return new EngineError(
    `download failed: ${url} (${reason}); check the network, behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1, ` +
      "or set MAVEN_REPOSITORY to a repository that you can reach",
  );
}

/** Fetch hides the reason (refused, unknown host, certificate) one level down. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
