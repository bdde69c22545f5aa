import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const hash = promisify(argon2);
/** OWASP's smallest argon2id setting: 19 MiB, two passes. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await hash("argon2id", { message: password, nonce, ...COST });
  return `${nonce.toString("base64url")}.${Buffer.from(tag).toString("base64url")}`;
}

/** Takes as long for no account as for a wrong password, so that neither can be told from the other. */
export async function passwordFits(password: string, stored: string | undefined): Promise<boolean> {
  const [nonce = "", tag = ""] = (stored ?? `${"A".repeat(22)}.${"A".repeat(43)}`).split(".");
  const actual = Buffer.from(await hash("argon2id", { message: password, nonce: Buffer.from(nonce, "base64url"), ...COST }));
  const expected = Buffer.from(tag, "base64url");
  return stored !== undefined && expected.length === actual.length && timingSafeEqual(expected, actual);
}
