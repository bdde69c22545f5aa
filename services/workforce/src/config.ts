import { LONGEST_TOKEN_MS } from "@trunkline/auth";
import { loadConfig, secret } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

const admin = z.object({
  tenant: z.string().min(1).max(64),
  login: z.string().min(1).max(100),
  password: z.string().min(10).max(200),
  roles: z.array(z.string().max(64)).max(20).default([]),
});

export const configSchema = z.object({
  ...platformConfig,
  workforceAddress: z.string().default("").describe("not asked here: workforce looks at its own data"),
  accessTokenMs: z.coerce
    .number()
    .int()
    .min(10_000)
    .max(LONGEST_TOKEN_MS)
    .default(600_000)
    .describe("life of an access token; while workforce is away, those who were shut out are believed so long"),
  sessionMs: z.coerce.number().int().min(60_000).max(86_400_000).default(43_200_000).describe("a session is renewed at most so long"),
  firstAdmins: secret(
    z
      .string()
      .default("[]")
      .transform((text, issue) => {
        const parsed = z.array(admin).safeParse(safeJson(text));
        if (parsed.success) return parsed.data;
        issue.addIssue(
          'is a JSON list of {"tenant","login","password"}, the password at least 10 characters long, and of further "roles" where they are wanted',
        );
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
