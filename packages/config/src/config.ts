import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { z } from "zod";

type Env = Readonly<Record<string, string | undefined>>;

/** Marks a setting that must never be printed. */
export function secret<T extends z.ZodType>(schema: T): T {
  return schema.meta({ ...schema.meta(), secret: true }) as T;
}

/** `mongoUrl` is read from MONGO_URL. */
function envName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Reads a flat schema (camelCase keys) from an environment (UPPER_SNAKE names) into a frozen object. Every problem is
 * reported at once, with the name of the variable and without its value; secrets print as ***. A secret may stand in a file instead, named by
 * its variable with _FILE behind it, where it is in no process's environment.
 * @throws Error with one line for each missing or wrong variable
 */
export function loadConfig<S extends z.ZodRawShape>(schema: z.ZodObject<S>, env: Env): Readonly<z.output<z.ZodObject<S>>> {
  const raw = Object.fromEntries(
    Object.keys(schema.shape)
      .map((key) => [key, isSecret(schema.shape[key]) ? secretOf(envName(key), env) : env[envName(key)]])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${envName(String(issue.path[0]))}: ${issue.message}`);
    throw new Error(`configuration is incomplete or wrong:\n${lines.join("\n")}`);
  }
  return Object.freeze(hideSecrets(schema, parsed.data));
}

/** @throws Error when the file cannot be read, or both are given */
function secretOf(name: string, env: Env): string | undefined {
  const [value, file] = [env[name], env[`${name}_FILE`]];
  if (!file) return value;
  if (value) throw new Error(`configuration is wrong: ${name} and ${name}_FILE are both set; leave one of them out`);
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch (error) {
    throw new Error(`configuration is wrong: the file that ${name}_FILE names cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function hideSecrets<S extends z.ZodRawShape, T extends object>(schema: z.ZodObject<S>, data: T): T {
  const shown = () => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, isSecret(schema.shape[key]) ? "***" : value]));
  Object.defineProperty(data, "toJSON", { value: shown, enumerable: false });
  Object.defineProperty(data, inspect.custom, { value: shown, enumerable: false });
  return data;
}

function isSecret(field: unknown): boolean {
  return field instanceof z.ZodType && z.globalRegistry.get(field)?.["secret"] === true;
}

/** The settings of a service as Markdown table rows, for its README. */
export function describeConfig<S extends z.ZodRawShape>(schema: z.ZodObject<S>): string {
  const rows = Object.entries(schema.shape).map(([key, field]) => {
    const type = field as unknown as z.ZodType;
    const fallback = type.safeParse(undefined);
    const shown = isSecret(type) ? "secret" : fallback.success ? String(fallback.data ?? "") : "required";
    return `| ${envName(key)} | ${type.description ?? ""} | ${shown} |`;
  });
  return ["| variable | meaning | default |", "| --- | --- | --- |", ...rows].join("\n");
}
