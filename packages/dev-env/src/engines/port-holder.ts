import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const LISTEN_STATE = "0A";

/** Who listens on a TCP port, such as "redis-server (pid 41)"; undefined when this user cannot see it. */
export async function portHolder(port: number): Promise<string | undefined> {
  return (await fromProc(port).catch(() => undefined)) ?? (await fromLsof(port).catch(() => undefined));
}

async function fromLsof(port: number): Promise<string | undefined> {
  const { stdout } = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], { timeout: 2_000 });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid ? `${name ?? "a process"} (pid ${pid})` : undefined;
}

async function fromProc(port: number): Promise<string | undefined> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    if (!(await holdsOne(pid, sockets))) continue;
    const name = (await readFile(`/proc/${pid}/comm`, "utf8")).trim();
    return `${name} (pid ${pid})`;
  }
  return undefined;
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const row of text.split("\n")) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
      if (local?.endsWith(suffix) && state === LISTEN_STATE && inode) inodes.add(`socket:[${inode}]`);
    }
  }
  return inodes;
}

async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    if (sockets.has(target)) return true;
  }
  return false;
}
