import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { EngineError, type Env } from "./types.ts";

const run = promisify(execFile);
const OLDEST = 17;
const REMEDY = "install a JDK 17 or newer, or start Docker, or set";

/** The path of a Java that is new enough: that of JAVA_HOME, else the one on PATH. */
export async function findJava(env: Env, what: string, addressVariable: string): Promise<string> {
  const candidates = env.JAVA_HOME ? [join(env.JAVA_HOME, "bin", "java"), "java"] : ["java"];
  let found: string | undefined;
  for (const java of candidates) {
    const version = await versionOf(java, env);
    if (version === undefined) continue;
    if (version >= OLDEST) return java;
    found ??= `the Java found is version ${version}, too old`;
  }
  throw new EngineError(`${what}: ${found ?? "no Java found"}; ${REMEDY} ${addressVariable}`);
}

async function versionOf(java: string, env: Env): Promise<number | undefined> {
  try {
    const { stderr } = await run(java, ["-version"], {
      env: env as NodeJS.ProcessEnv,
      timeout: 10_000,
    });
    const [, major] = /version "(?:1\.)?(\d+)/.exec(stderr) ?? [];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}
