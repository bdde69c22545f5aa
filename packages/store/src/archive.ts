import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Clock, newId } from "@trunkline/runtime";
import type { OldDocument } from "./store.ts";

/** Writes documents as they are stored, and resolves when they are on the disk. */
export type Archive = (collection: string, documents: readonly OldDocument[]) => Promise<void>;

const compress = promisify(gzip);

/**
 * Gzipped JSON lines, a file for each collection and day, `calls-2026-11-29-<writer>.jsonl.gz`. Each write is a gzip member of its own, appended
 * and synced. Nobody appends behind what may be torn: another process, and this one after a failure, begins a file of its own.
 * @throws when the folder cannot be made
 */
export async function openArchive(folder: string, now: Clock): Promise<Archive> {
  // What it holds is personal.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let writer = newId(now());
  return async (collection, documents) => {
    const day = new Date(now()).toISOString().slice(0, 10);
    const lines = await compress(documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
    try {
      await append(folder, `${collection}-${day}-${writer}.jsonl.gz`, lines);
    } catch (failure) {
      writer = newId(now());
      throw failure;
    }
  };
}

async function append(folder: string, name: string, bytes: Buffer): Promise<void> {
  await using file = await open(join(folder, name), "a", 0o600);
  await file.appendFile(bytes);
  await file.sync();
  // The name of a new file stands in its folder.
  await using names = await open(folder, "r");
  await names.sync();
}
