import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DomainError } from "@trunkline/errors";
import { primaryCode } from "@trunkline/sqlite";

/** Of the file whose lock says that a process lives here: the system frees it, whatever that process died of. */
export const LOCK = "lock.db";
/** Is there, and names the backup, while a restore changes the data: until it is gone they are neither the old ones nor the backup's. */
export const RESTORE_MARK = "restore-unfinished";
const NOTE = "running.json";
const BUSY = 5;

export type HeldFolder = {
  /** What another process is told that wants the folder: where this one can be reached. @param stops the process to stop, if another one keeps us */
  tell(address: string, stops?: number): void;
} & Disposable;

/**
 * Makes the folder of an embedded installation this process' own; nobody else of this machine may look into it.
 * @throws unavailable folder_in_use when another process has it, and says where that one can be reached; unavailable restore_unfinished
 */
export function holdFolder(dir: string): HeldFolder {
  using holding = new DisposableStack();
  const held = holding.use(lockFolder(dir));
  refuseHalfRestored(dir);
  holding.move();
  return held;
}

/** @throws unavailable restore_unfinished: missing files would be made anew, empty, and nobody would notice */
export function refuseHalfRestored(dir: string): void {
  const mark = join(dir, RESTORE_MARK);
  if (!existsSync(mark)) return;
  throw new DomainError(
    "unavailable",
    "restore_unfinished",
    `a restore of ${dir} was not finished: restore again (npm run restore -- --from ${readFileSync(mark, "utf8")})`,
  );
}

/**
 * Also of a folder that is half restored.
 * @throws unavailable folder_in_use
 */
export function lockFolder(dir: string): HeldFolder {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const lock = new DatabaseSync(join(dir, LOCK));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (primaryCode(error) !== BUSY) throw error;
    const { pid, address } = noteIn(dir);
    const where = address ? `open ${address}, or stop that process` : "stop that process";
    throw new DomainError(
      "unavailable",
      "folder_in_use",
      `${dir} is in use by process ${pid ?? "(unknown)"}: ${where}, or choose another folder`,
    );
  }
  const tell = (address: string, pid = process.pid) => writeFileSync(join(dir, NOTE), JSON.stringify({ pid, address }), { mode: 0o600 });
  tell("");
  return { tell, [Symbol.dispose]: () => lock.close() };
}

function noteIn(dir: string): { readonly pid?: number; readonly address?: string } {
  try {
    return JSON.parse(readFileSync(join(dir, NOTE), "utf8")) as { pid: number; address: string };
  } catch {
    return {};
  }
}
