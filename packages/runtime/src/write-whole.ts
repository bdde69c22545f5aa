import { renameSync, writeFileSync } from "node:fs";

/** Writes a file of its owner alone, whole or not at all: who is killed meanwhile, or finds the disk full, leaves the one before. */
export function writeWhole(file: string, text: string): void {
  const part = `${file}.part`;
  writeFileSync(part, text, { mode: 0o600, flush: true });
  renameSync(part, file);
}
