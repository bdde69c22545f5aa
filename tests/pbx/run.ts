// npm test -- --pbx: calls through a real Asterisk, Trunkline's figures against its queue log. See docs/asterisk.md.
import { openLine } from "../../packages/dev-env/src/pbx/record-ami.ts";
import { AGENTS, type Play, play, setUp } from "./calls.ts";
import { type Counts, NONE, openQueueLog } from "./queue-log.ts";
import { openTrunkline } from "./trunkline.ts";

const NEEDED = ["PBX_AMI", "PBX_QUEUE_LOG", "PBX_QUEUES"] as const;
/** The log knows whole seconds. */
const ROUNDED_MS = 1_000;

/** @returns how many stories Trunkline and the exchange count alike, and how many not; undefined where no exchange is named */
export async function checkAgainstPbx(env: NodeJS.ProcessEnv): Promise<{ passed: number; failed: number } | undefined> {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) {
    console.error(`NOT RUN: the check against a real Asterisk. Name one: ${missing.join(", ")} not set (docs/asterisk.md)`);
    return undefined;
  }
  const { hostname, port, username, password } = new URL(env["PBX_AMI"] as string);
  const pbx = { host: hostname, port: Number(port || 5038), user: decodeURIComponent(username), secret: decodeURIComponent(password) };
  const [first = "", second = ""] = (env["PBX_QUEUES"] as string).split(",");
  const log = await openQueueLog(env["PBX_QUEUE_LOG"] as string);
  using control = await openLine(pbx, "off");
  await using _ = await setUp(control, first, second);
  await using trunkline = await openTrunkline(pbx, Object.values(AGENTS));
  const both = async (of: { counts(queue: string): Promise<Counts> }) => [await of.counts(first), await of.counts(second)];
  let [passed, failed] = [0, 0];
  for (const [name, story] of Object.entries(stories(first, second))) {
    const before = [...(await both(log)), ...(await both(trunkline))];
    await play(control, story);
    const now = [...(await both(log)), ...(await both(trunkline))].map((counts, n) => minus(counts, before[n] ?? NONE));
    const [logFirst = NONE, logSecond = NONE, ourFirst = NONE, ourSecond = NONE] = now;
    const same = logFirst.offered > 0 && alike(ourFirst, logFirst) && alike(ourSecond, logSecond);
    if (same) passed += 1;
    else failed += 1;
    console.error(`${same ? "ok  " : "FAIL"} ${name}`);
    if (!same) console.error(`     queue log ${show(logFirst, logSecond)}\n     Trunkline ${show(ourFirst, ourSecond)}`);
  }
  return { passed, failed };
}

const show = (...counts: Counts[]) => JSON.stringify(counts);

function minus(a: Counts, b: Counts): Counts {
  return {
    offered: a.offered - b.offered,
    answered: a.answered - b.answered,
    abandoned: a.abandoned - b.abandoned,
    left: a.left - b.left,
    talkMs: a.talkMs - b.talkMs,
  };
}

function alike(ours: Counts, theirs: Counts): boolean {
  const { talkMs, ...counts } = minus(ours, theirs);
  return Object.values(counts).every((n) => n === 0) && Math.abs(talkMs) <= ROUNDED_MS * theirs.answered;
}

const { short, long, never, other } = AGENTS;
const stories = (first: string, second: string): Readonly<Record<string, (play: Play) => Promise<void>>> => ({
  "answered, the agent hangs up": async ({ serve, call }) => {
    await serve(first, short);
    await call("7001", 30);
  },
  "answered, the caller hangs up": async ({ serve, call }) => {
    await serve(first, long);
    await call("7001", 4);
  },
  "given up while a phone rings": async ({ serve, call }) => {
    await serve(first, never);
    await call("7001", 3);
  },
  "given up where nobody serves": async ({ call }) => call("7001", 2),
  "five at once, two agents": async ({ serve, call }) => {
    await serve(first, short, other);
    await Promise.all(Array.from({ length: 5 }, () => call("7001", 30)));
  },
  "the dial plan's next queue, answered there": async ({ serve, call }) => {
    await serve(second, short);
    await call("7002", 30);
  },
  "the dial plan's next queue, given up there": ({ call }) => call("7002", 5),
  "handed on to a second queue, answered there": async ({ serve, call, wait, transfer }) => {
    await serve(first, long);
    await serve(second, short);
    await call("7001", 30);
    await wait(3_000);
    await transfer(long, "7003");
  },
  "handed on to a second queue, given up there": async ({ serve, call, wait, transfer }) => {
    await serve(first, long);
    await call("7001", 7);
    await wait(3_000);
    await transfer(long, "7003");
  },
});

if (import.meta.main) {
  const result = await checkAgainstPbx(process.env);
  if (result) console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result && result.failed === 0 ? 0 : 1);
}
