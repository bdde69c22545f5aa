import { loadConfig, secret } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

const admin = z.object({ tenant: z.string().min(1).max(64), login: z.string().min(1).max(100), password: z.string().min(8).max(200) });

export const configSchema = z.object({
  ...platformConfig,
  firstAdmins: secret(
    z
      .string()
      .default("[]")
      .transform((text, issue) => {
        const parsed = z.array(admin).safeParse(safeJson(text));
        if (parsed.success) return parsed.data;
        issue.addIssue('is a JSON list of {"tenant","login","password"}, the password at least 8 characters long');
        return z.NEVER;
      }),
  ).describe("administrators that are created when their tenant has no such login yet, JSON"),
});
export const workforceConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type WorkforceConfig = ReturnType<typeof workforceConfig>;

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
