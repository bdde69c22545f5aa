import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeys } from "@trunkline/auth";
import { writeWhole } from "@trunkline/runtime";
import { EngineError } from "../engines/types.ts";
import { SERVICES } from "./service-names.ts";

/** Keys by which services sign, and secrets under which numbers and links are hashed: with other ones the data would not be found again. */
export type Secrets = Awaited<ReturnType<typeof generateKeys>> & {
  readonly numberHashKey: string;
  readonly linkSecret: string;
  readonly surveySecret: string;
};

/** Those of a data folder, made at its first start. */
export async function secretsIn(folder: string): Promise<Secrets> {
  const file = join(folder, "secrets.json");
  if (existsSync(file)) return read(file);
  const secret = () => randomBytes(24).toString("hex");
  const made = { ...(await generateKeys(SERVICES)), numberHashKey: secret(), linkSecret: secret(), surveySecret: secret() };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Half of it would stop every later start.
  writeWhole(file, JSON.stringify(made));
  return made;
}

function read(file: string): Secrets {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Secrets;
  } catch (error) {
    throw new EngineError(`${file} is damaged, and without its keys the data cannot be read: put it back from the last backup`, {
      cause: error,
    });
  }
}
