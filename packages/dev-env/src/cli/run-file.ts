import { readFileSync } from "node:fs";
import { writeWhole } from "@trunkline/runtime";

/** The demo's tenants: a maker of household appliances and a property manager. */
export const TENANTS = ["huaxing", "lanhai"] as const;

/** Where a running `npm start` says how it can be reached. */
export const RUN_FILE = (dataDir: string) => `${dataDir}/run.json`;

export type Running = {
  readonly pid: number;
  readonly gatewayUrl: string;
  readonly desktopUrl: string;
  readonly adminPassword: string;
  readonly worldUrl: string;
  /** Empty where the engines are embedded. */
  readonly mongoUrl: string;
  /** Of the embedded engines; empty where there are others. */
  readonly dataDir: string;
  readonly batchSize: number;
};

/** For its owner only: the password is in it. */
export function writeRunFile(dataDir: string, running: Running): void {
  writeWhole(RUN_FILE(dataDir), JSON.stringify(running));
}

/**
 * The running system, if the process that wrote the file still lives. After a crash another process may have its number: who must not be wrong
 * asks for the folder's lock.
 */
export function readRunFile(dataDir: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(RUN_FILE(dataDir), "utf8")) as Running;
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
