import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DomainError } from "@trunkline/errors";
import { writeWhole } from "@trunkline/runtime";
import { primaryCode } from "@trunkline/sqlite";

/** Of the file whose lock says that a process lives here: the system frees it, whatever that process died of. */
export const LOCK = "lock.db";
/** Is there, and names the backup, while a restore changes the data: until it is gone they are neither the old ones nor the backup's. */
export const RESTORE_MARK = "restore-unfinished";
const NOTE = "running.json";
/** Names the files that an installation has once it is up: one that is missing later would be made anew, empty, and nobody would notice. */
export const INVENTORY = "files.json";
const BUSY = 5;

export type HeldFolder = {
  /**
   * All is up: says where, to another process that wants the folder, and notes which files there are.
   * @param stops the process to stop, if another one keeps us
   */
  tell(address: string, stops?: number): void;
} & Disposable;

/**
 * Makes the folder of an embedded installation this process' own; nobody else of this machine may look into it.
 * @throws unavailable folder_in_use when another process has it, and says where that one can be reached; unavailable restore_unfinished | data_missing
 */
export function holdFolder(dir: string): HeldFolder {
  using holding = new DisposableStack();
  const held = holding.use(lockFolder(dir));
  refuseHalfRestored(dir);
  refuseIncomplete(dir);
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

function refuseIncomplete(dir: string): void {
  const [missing] = readJson<string[]>(join(dir, INVENTORY), []).filter(
    (file) => !(statSync(join(dir, file), { throwIfNoEntry: false })?.size ?? 0),
  );
  if (missing === undefined) return;
  throw new DomainError(
    "unavailable",
    "data_missing",
    `${join(dir, missing)} is missing or empty: restore the last backup (npm run restore -- --from FOLDER); to begin it anew, empty, remove ${INVENTORY}`,
  );
}

export const isDatabase = (file: string) => file.endsWith(".db") && file !== LOCK;
/** Databases, and the keys and secrets without which the data cannot be read as they were. */
export const dataFilesIn = (dir: string) =>
  existsSync(dir) ? readdirSync(dir).filter((file) => isDatabase(file) || file === "secrets.json") : [];

/**
 * Also of a folder that is half restored.
 * @throws unavailable folder_in_use | folder_unusable
 */
export function lockFolder(dir: string): HeldFolder {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const lock = new DatabaseSync(join(dir, LOCK));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (primaryCode(error) !== BUSY)
      throw new DomainError(
        "unavailable",
        "folder_unusable",
        `${dir} cannot be used: see that there is room and that it may be written`,
        {},
        error,
      );
    const { pid, address } = readJson<{ pid?: number; address?: string }>(join(dir, NOTE), {});
    const where = address ? `open ${address}, or stop that process` : "stop that process";
    throw new DomainError(
      "unavailable",
      "folder_in_use",
      `${dir} is in use by process ${pid ?? "(unknown)"}: ${where}, or choose another folder`,
    );
  }
  const note = (address: string, pid: number) => writeFileSync(join(dir, NOTE), JSON.stringify({ pid, address }), { mode: 0o600 });
  note("", process.pid);
  const tell = (address: string, stops = process.pid) => {
    note(address, stops);
    writeWhole(join(dir, INVENTORY), JSON.stringify(dataFilesIn(dir)));
  };
  return { tell, [Symbol.dispose]: () => lock.close() };
}

function readJson<T>(file: string, otherwise: T): T {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return otherwise;
  }
}
