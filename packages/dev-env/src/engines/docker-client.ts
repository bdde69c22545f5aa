import type { NetConnectOpts } from "node:net";
import type { ContainerRuntimeClient } from "testcontainers";
import { ask } from "./probes.ts";
import { EngineError, type Env } from "./types.ts";

/** A daemon that hangs must not hold up a machine that does without it. */
const LOOK_MS = 2_000;
const COMMAND_MS = 40_000;

/** dockerode, which testcontainers brings along, for what testcontainers itself cannot do. */
export type Docker = ContainerRuntimeClient["container"]["dockerode"];

/** Takes a quarter of a second and 50 MB to load, so it is loaded where a container is asked for and nowhere else. */
export function loadTestcontainers() {
  return import("testcontainers");
}

/**
 * The Docker engine that `env` names, else the one that testcontainers finds.
 *
 * @throws EngineError with the reason alone: what to do depends on who asked.
 */
export async function dockerClient(env: Env): Promise<ContainerRuntimeClient> {
  const named = env["DOCKER_HOST"];
  const silent = new EngineError(named ? `no Docker engine answers at DOCKER_HOST (${named})` : "no Docker engine answers");
  if (named && !(await answersAt(named))) throw silent;
  const { getContainerRuntimeClient } = await loadTestcontainers();
  const client = await within(LOOK_MS, getContainerRuntimeClient(), silent.message).catch(() => Promise.reject(silent));
  // testcontainers reads the process's own environment, and turns to another engine where the named one refuses.
  if (named && !isAt(client.container.dockerode, named)) throw silent;
  return client;
}

function endpoint(dockerHost: string): NetConnectOpts | undefined {
  if (!URL.canParse(dockerHost)) return undefined;
  const { hostname, port, pathname } = new URL(dockerHost);
  return hostname === "" ? { path: pathname } : { host: hostname, port: Number(port || 2375) };
}

/** Asked before testcontainers is loaded. Whatever comes back will do: an engine behind TLS answers that it wants TLS. */
async function answersAt(dockerHost: string): Promise<boolean> {
  const at = endpoint(dockerHost);
  if (!at) return false;
  return ask(at, "GET /_ping HTTP/1.0\r\n\r\n", LOOK_MS).then(
    () => true,
    () => false,
  );
}

function isAt(docker: Docker, dockerHost: string): boolean {
  const at = endpoint(dockerHost) ?? {};
  // Its types leave out what it was made with.
  const modem = docker.modem as { readonly socketPath?: string; readonly host?: string };
  return "path" in at ? modem.socketPath === at.path : "host" in at && modem.host === at.host;
}

/** Docker's answer to one request about the container of `what`; it may take half a minute, not for ever. */
export async function command<T>(what: string, request: Promise<T>): Promise<T> {
  return within(COMMAND_MS, request, `${what}: Docker did not answer within ${COMMAND_MS / 1000} s; restart Docker`);
}

export async function within<T>(limitMs: number, work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EngineError(otherwise)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error of Docker's as one of ours; those of the engine itself are ours already. */
export function refused(what: string, problem: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  return new EngineError(`${what} ${problem} in its container (${reasonOf(error)}); put that right, then start again`);
}

/** What Docker said, in one line. */
export function reasonOf(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error));
  return message.replaceAll(/\s+/g, " ").trim().slice(0, 300);
}
