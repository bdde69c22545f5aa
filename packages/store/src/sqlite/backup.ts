import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { DomainError } from "@trunkline/errors";
import { primaryCode } from "@trunkline/sqlite";
import { dataFilesIn, INVENTORY, isDatabase, LOCK, lockFolder, RESTORE_MARK, refuseHalfRestored } from "./folder.ts";

const LOCK_MS = 5_000;
/** Ends the name of a backup that is not whole yet. */
const PART = ".part";

/**
 * Copies the folder of an embedded installation, also while it runs, as it stood in one instant: all files are locked for some milliseconds,
 * each is looked at from then on as it was, and copied from that. What was restored is as after a crash in that instant.
 * @param to a folder that does not exist yet; it is there when the backup is whole
 * @returns the names of the files copied
 * @throws invalid backup_empty | backup_exists, unavailable restore_unfinished
 */
export async function backupFolder(dir: string, to: string): Promise<readonly string[]> {
  const all = dataFilesIn(dir);
  const files = all.filter(isDatabase);
  if (files.length === 0) throw new DomainError("invalid", "backup_empty", `${dir} holds no data of Trunkline: name the data folder`);
  if (existsSync(to)) throw new DomainError("invalid", "backup_exists", `${to} exists already: name a folder that does not`);
  refuseHalfRestored(dir);
  using opened = new DisposableStack();
  const open = (file: string) => opened.use(new DatabaseSync(join(dir, file)));
  const [connections, locks] = [files.map(open), files.map(open)];
  for (const lock of locks) lock.exec(`PRAGMA busy_timeout = ${LOCK_MS}; BEGIN IMMEDIATE`);
  // A transaction that only reads keeps its view of the file until it ends; it begins with the first look.
  for (const db of connections) {
    db.exec("BEGIN");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
  }
  for (const lock of locks) lock.exec("ROLLBACK");
  const [whole, part] = [resolve(to), `${resolve(to)}${PART}`];
  const clear = () => rmSync(part, { recursive: true, force: true });
  opened.defer(clear);
  clear();
  mkdirSync(part, { recursive: true, mode: 0o700 });
  for (const [n, file] of files.entries()) {
    await backup(connections[n] as DatabaseSync, join(part, file));
    readableAlone(join(part, file));
  }
  for (const file of all) {
    if (!isDatabase(file)) copyFileSync(join(dir, file), join(part, file));
    sync(join(part, file));
  }
  sync(part);
  renameSync(part, whole);
  sync(dirname(whole));
  return files;
}

/**
 * Puts a backup in the place of a folder's data. What is there now goes away: copy it before, if it may still be needed. It stays as it is until
 * the whole backup lies beside it; who is stopped after that leaves a mark, and the folder is refused until it is restored again.
 * @throws unavailable folder_in_use while the installation runs, invalid backup_empty | backup_unfinished | backup_is_data | backup_unreadable | backup_damaged
 */
export function restoreFolder(from: string, dir: string): readonly string[] {
  const all = dataFilesIn(from);
  const files = all.filter(isDatabase);
  if (files.length === 0) throw new DomainError("invalid", "backup_empty", `${from} holds no backup of Trunkline: name the folder of one`);
  if (resolve(from).endsWith(PART))
    throw new DomainError("invalid", "backup_unfinished", `${from} is a backup that did not come to its end: name another one`);
  const [beside, mark] = [join(dir, "restoring"), join(dir, RESTORE_MARK)];
  if ([dir, beside].some((own) => existsSync(own) && realpathSync(own) === realpathSync(from)))
    throw new DomainError("invalid", "backup_is_data", `${from} is what the restore would replace: name the folder of a backup`);
  for (const file of files) checkFile(join(from, file));
  using held = new DisposableStack();
  held.use(lockFolder(dir));
  const clear = () => rmSync(beside, { recursive: true, force: true });
  held.defer(clear);
  clear();
  mkdirSync(beside);
  for (const file of all) {
    copyFileSync(join(from, file), join(beside, file));
    sync(join(beside, file));
  }
  writeFileSync(mark, resolve(from));
  for (const path of [mark, dir]) sync(path);
  for (const file of readdirSync(dir)) if (/\.db(-wal|-shm)?$/.test(file) && !file.startsWith(LOCK)) rmSync(join(dir, file));
  rmSync(join(dir, INVENTORY), { force: true });
  for (const file of all) renameSync(join(beside, file), join(dir, file));
  sync(dir);
  rmSync(mark);
  return files;
}

/** Waits until a file, or the names in a folder, outlive a power failure. */
function sync(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** As it was copied it wants a journal beside it even to be read, which a medium that is full or read-only does not have. */
function readableAlone(path: string): void {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = DELETE");
}

const CANNOT_OPEN = 14;

function checkFile(path: string): void {
  let said: unknown;
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    said = db.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  } catch (error) {
    if (primaryCode(error) === CANNOT_OPEN)
      throw new DomainError("invalid", "backup_unreadable", `${path} cannot be opened: copy the backup to where you may write`, {}, error);
    said = error;
  }
  if (said !== "ok") throw new DomainError("invalid", "backup_damaged", `${path} is damaged: restore an older backup`, {}, said);
}
