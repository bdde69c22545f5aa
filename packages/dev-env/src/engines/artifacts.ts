import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { download, mavenMirror, runMaven } from "./maven.ts";
import { type Artifact, fileName, pinnedArtifacts, repositoryPath } from "./pinned.ts";
import { EngineError, type EngineName, type Env } from "./types.ts";

interface Options {
  readonly env: Env;
  readonly onProgress: (line: string) => void;
}

const INCOMING = ".incoming-";
/** Far above the longest download. */
const STALE_MS = 3_600_000;

/** Files whose checksum this process has already seen to be right. */
const verified = new Set<string>();
/** Downloads of one process go one after the other: Maven's own store does not stand two writers. */
let queue: Promise<unknown> = Promise.resolve();

/** Where the pinned files lie: TRUNKLINE_CACHE, else `.cache/trunkline` in the home folder. */
export function cacheDir(env: Env): string {
  return env.TRUNKLINE_CACHE ?? join(env.HOME ?? homedir(), ".cache", "trunkline");
}

/** Paths of the engines' pinned files, every one with the right checksum, downloaded when missing. */
export function ensureArtifacts(engines: readonly EngineName[], options: Options): Promise<string[]> {
  const next = queue.then(() => ensure(engines, options));
  queue = next.catch(() => {});
  return next;
}

async function ensure(engines: readonly EngineName[], options: Options): Promise<string[]> {
  const artifacts = new Map(engines.flatMap(pinnedArtifacts).map((artifact) => [fileName(artifact), artifact]));
  const folder = join(cacheDir(options.env), "jars");
  const missing: Artifact[] = [];
  for (const [file, artifact] of artifacts) {
    if (!(await isRight(join(folder, file), artifact))) missing.push(artifact);
  }
  if (missing.length > 0) await fill(folder, missing, options);
  return [...artifacts.keys()].map((file) => join(folder, file));
}

async function fill(folder: string, missing: readonly Artifact[], { env, onProgress }: Options): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Inside the cache, so that the renames below stay in one file system and are atomic for other processes.
  await dropStale(folder);
  const work = await mkdtemp(join(folder, INCOMING));
  try {
    const wanted = await withoutThoseOfMaven(missing, work, env);
    if (wanted.length > 0) {
      onProgress(`downloading ${wanted.length} files for the local engines (once; kept in ${cacheDir(env)})`);
      await obtain(wanted, work, env);
    }
    for (const artifact of missing) await accept(artifact, work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What a download that was killed left behind. */
async function dropStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(INCOMING)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > STALE_MS) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A machine where Maven has run may have the very files: take those, and return the rest. */
async function withoutThoseOfMaven(missing: readonly Artifact[], work: string, env: Env): Promise<Artifact[]> {
  const repository = join(env.HOME ?? homedir(), ".m2", "repository");
  const rest: Artifact[] = [];
  for (const artifact of missing) {
    const copy = join(work, fileName(artifact));
    const copied = await copyFile(join(repository, repositoryPath(artifact)), copy).then(
      () => true,
      () => false,
    );
    if (!copied || !(await isRight(copy, artifact))) rest.push(artifact);
  }
  return rest;
}

/** A named repository first; else Maven, which knows this machine's mirrors, proxies and credentials; else its mirror. */
async function obtain(wanted: readonly Artifact[], work: string, env: Env): Promise<void> {
  if (env.MAVEN_REPOSITORY) return download(env.MAVEN_REPOSITORY, wanted, work);
  if (await runMaven(wanted, work, env)) return;
  const mirror = await mavenMirror(env);
  if (mirror) return download(mirror, wanted, work);
  throw new EngineError(
    "the local engines are not downloaded yet and there is no way to fetch them; install Maven (mvn), or set " +
      "MAVEN_REPOSITORY to the base URL of a Maven repository, or start Docker, or set KAFKA_BROKERS, MONGO_URL, REDIS_URL",
  );
}

async function accept(artifact: Artifact, work: string, folder: string): Promise<void> {
  const file = join(work, fileName(artifact));
  if (!(await isRight(file, artifact))) {
    throw new EngineError(
      `${fileName(artifact)} was downloaded but its checksum is not the pinned one; ` +
        "check the repository or proxy it came through, then start again",
    );
  }
  const place = join(folder, basename(file));
  await rename(file, place);
  verified.add(place);
}

async function isRight(path: string, artifact: Artifact): Promise<boolean> {
  if (verified.has(path)) return true;
  const content = await readFile(path).catch(() => undefined);
  if (content === undefined) return false;
  const right = createHash("sha256").update(content).digest("hex") === artifact.sha256;
  if (right) verified.add(path);
  return right;
}
