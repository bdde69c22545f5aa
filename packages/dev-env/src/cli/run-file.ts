import { existsSync, readFileSync } from "node:fs";

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

/** The running system, if the process that wrote the file still lives. */
export function readRunFile(dataDir: string): Running | undefined {
  if (!existsSync(RUN_FILE(dataDir))) return undefined;
  const running = JSON.parse(readFileSync(RUN_FILE(dataDir), "utf8")) as Running;
  try {
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
