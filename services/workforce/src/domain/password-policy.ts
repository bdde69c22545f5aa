import { DomainError } from "@trunkline/errors";

const SHORTEST = 10;
/** Of ten characters and more, as lists of stolen passwords have them most often; without case, and without what is put behind them. */
const COMMONEST = new Set(
  [
    "password password1 passw0rd p@ssw0rd password123 password1234 passwordpassword 1234567890 12345678910 123456789a 0123456789 0987654321",
    "9876543210 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 qwerty123456 asdfghjkl asdfghjkl1 zaq12wsxcde3 abcdefghij abcdefghijk",
    "abcd123456 abc1234567 abcdef1234 a123456789 aa12345678 a1b2c3d4e5 iloveyou iloveyou12 iloveyou123 woaini1314 woaini520 woaini123456",
    "admin12345 admin123456 administrator adminadmin letmein123 welcome123 welcome1234 changeme123 trustno1trustno1 football123 baseball123",
    "sunshine123 princess123 monkey12345 dragon12345 superman123 q1w2e3r4t5 zxcvbnm123 1234512345 1122334455 5201314520 147258369 1472583690",
  ].flatMap((line) => line.split(" ")),
);

/** @throws DomainError rule_violated password_weak, saying what to do */
export function checkPassword(password: string, { tenant, login, name }: Readonly<Record<"tenant" | "login" | "name", string>>): void {
  const weak = (what: string) => new DomainError("rule_violated", "password_weak", `choose another password: ${what}`);
  const bare = password.trim().toLowerCase();
  if ([...bare].length < SHORTEST) throw weak(`it needs at least ${SHORTEST} characters`);
  if (new Set(bare).size < 4) throw weak("it repeats a few characters");
  if (COMMONEST.has(bare) || COMMONEST.has(bare.replace(/[\d\W_]+$/, ""))) throw weak("this one is among the first that are tried");
  const own = [tenant, login, name].map((each) => each.toLowerCase());
  // With a year or a sign behind it, it is still the name.
  if (own.some((each) => each !== "" && bare.replace(/[\d\W_]*$/, "") === each.replace(/[\d\W_]*$/, ""))) {
    throw weak("it must not be the name of the company or of the account");
  }
}
