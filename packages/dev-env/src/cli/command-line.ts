import { type ParseArgsConfig, parseArgs } from "node:util";
import { FAMILIES, type FamilyName } from "../system/family.ts";

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
