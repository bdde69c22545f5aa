import { type ParseArgsConfig, parseArgs } from "node:util";
import { isDomainError } from "@trunkline/errors";
import { EngineError } from "../engines/types.ts";
import { ApiError } from "../system/api.ts";
import { FAMILIES, type FamilyName } from "../system/family.ts";

/** Where `npm start` keeps its things, also for the commands beside it. */
export const START_FOLDER = process.env["TRUNKLINE_DATA"] || ".trunkline";
/** The data of an embedded installation. */
export const DATA_FOLDER = process.env["DATA_DIR"] || `${START_FOLDER}/data`;

/** Reads the command line. With --help the usage is printed and the process ends; so it does, with 2, where the line cannot be read. */
export function commandLine<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return misread(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** @param name of the option, for whoever wrote something else */
export function wholeNumber(name: string, text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : misread(`--${name} takes a whole number, not "${text}"`);
}

/** As --engines names it; nothing where it does not. */
export function familyNamed(text: string | undefined): { readonly family?: FamilyName } {
  if (text === undefined) return {};
  const family = FAMILIES.find((name) => name === text) ?? misread(`--engines is one of ${FAMILIES.join(", ")}, not "${text}"`);
  return { family };
}

/** Says what is wrong with the command, and ends the process. */
export function misread(message: string): never {
  console.error(`trunkline: ${message}`);
  process.exit(2);
}

/** What went wrong: in a line where it says what to do or is of the machine's making (a full disk, a path that is none), else with its place. */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const plain =
    error instanceof EngineError || error instanceof ApiError || isDomainError(error) || "syscall" in error || "errcode" in error;
  return plain ? error.message : (error.stack ?? error.message);
}
