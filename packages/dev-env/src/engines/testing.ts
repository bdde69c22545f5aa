import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Env } from "./types.ts";

/** The environment of the tests here: local engines are their subject, so no given address and no container. */
export function localOnly(env: Env): Env {
  const { KAFKA_BROKERS: _k, MONGO_URL: _m, REDIS_URL: _r, ...rest } = env;
  return { ...rest, DOCKER_HOST: "unix:///nonexistent/docker.sock" };
}

/** A folder that is gone after the test. */
export async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "trunkline-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Asks again and again until `condition` holds; rejects at the deadline. */
export async function eventually(what: string, condition: () => Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await pause(20);
  }
}

/** Whether anything listens at `host:port` or at the host and port of a URL. */
export function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address.includes("://") ? address : `tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

/** For `await using`: a test that fails must not leave a connection that keeps the runner from ending. */
export function disposable<T>(it: T, end: (it: T) => unknown): AsyncDisposable & { readonly it: T } {
  return {
    it,
    [Symbol.asyncDispose]: async () => {
      await end(it);
    },
  };
}
