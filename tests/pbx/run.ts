// npm test -- --pbx: calls through a real Asterisk, Trunkline's figures against its queue log and call detail records. See docs/asterisk.md.
import { type AmiLine, openLine } from "../../packages/dev-env/src/pbx/record-ami.ts";
import { AGENTS, CONTEXT, play, type Queues, setUp } from "./calls.ts";
import { openCdr, type Talks } from "./cdr.ts";
import { type Counts, NONE, openQueueLog } from "./queue-log.ts";
import { queueStories, routedStories, type Story } from "./stories.ts";
import { openRouting, openTrunkline } from "./trunkline.ts";

const NEEDED = ["PBX_AMI", "PBX_QUEUE_LOG", "PBX_QUEUES"] as const;
/** Log and records know whole seconds. */
const ROUNDED_MS = 1_000;
/** A record says when the dial plan began, we when the call came to us. */
const BEGINS_MS = 2_000;
const APP = "trunkline-check";
type Cdr = Awaited<ReturnType<typeof openCdr>>;
type Result = { passed: number; failed: number };

/** @returns how many stories Trunkline and the exchange count alike, and how many not; undefined where no exchange is named */
export async function checkAgainstPbx(env: NodeJS.ProcessEnv): Promise<Result | undefined> {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) {
    console.error(`NOT RUN: the check against a real Asterisk. Name one: ${missing.join(", ")} not set (docs/asterisk.md)`);
    return undefined;
  }
  const { hostname, port, username, password } = new URL(env["PBX_AMI"] as string);
  const pbx = { host: hostname, port: Number(port || 5038), user: decodeURIComponent(username), secret: decodeURIComponent(password) };
  const [first = "", second = ""] = (env["PBX_QUEUES"] as string).split(",");
  const queues: Queues = { first, second, app: APP };
  using control = await openLine(pbx, "off");
  await using _ = await setUp(control, queues);
  const cdr = env["PBX_CDR"] ? await openCdr(env["PBX_CDR"]) : undefined;
  if (!cdr) console.error("skip call detail records: PBX_CDR is not set (docs/asterisk.md)");
  const result = { passed: 0, failed: 0 };
  await checkQueues({ control, queues, cdr, result }, pbx, env["PBX_QUEUE_LOG"] as string);
  if (env["PBX_ARI"] && cdr) await checkRouting({ control, queues, cdr, result }, new URL(env["PBX_ARI"]));
  else console.error("skip calls that we distribute: PBX_ARI and PBX_CDR are not set (docs/asterisk.md)");
  return result;
}

type Parts = { readonly control: AmiLine; readonly queues: Queues; readonly cdr: Cdr | undefined; readonly result: Result };

async function checkQueues({ control, queues, cdr, result }: Parts, pbx: Parameters<typeof openTrunkline>[0], path: string): Promise<void> {
  const log = await openQueueLog(path);
  await using trunkline = await openTrunkline(pbx, Object.values(AGENTS));
  const both = async (of: { counts(queue: string): Promise<Counts> }) => [await of.counts(queues.first), await of.counts(queues.second)];
  for (const [name, story] of Object.entries(queueStories(queues))) {
    const before = [...(await both(log)), ...(await both(trunkline))];
    await told(name, result, async () => {
      await play(control, story);
      const now = [...(await both(log)), ...(await both(trunkline))].map((counts, n) => minus(counts, before[n] ?? NONE));
      const [logFirst = NONE, logSecond = NONE, ourFirst = NONE, ourSecond = NONE] = now;
      const same = logFirst.offered > 0 && alike(ourFirst, logFirst) && alike(ourSecond, logSecond);
      const records = cdr && differ(...withoutPhones(await trunkline.talks(), await cdr.talks()));
      return [...(same ? [] : [`queue log ${show(logFirst, logSecond)}\n     Trunkline ${show(ourFirst, ourSecond)}`]), ...(records ?? [])];
    });
  }
}

async function checkRouting({ control, queues, cdr, result }: Parts, at: URL): Promise<void> {
  const ari = {
    url: `${at.protocol}//${at.host}${at.pathname}`,
    user: decodeURIComponent(at.username),
    secret: decodeURIComponent(at.password),
    app: APP,
    endpoint: `Local/{extension}@${CONTEXT}/n`,
  };
  const extensions = Object.values(AGENTS);
  await using trunkline = await openRouting(ari, extensions, queues.first);
  for (const [name, story] of Object.entries<Story>(routedStories(trunkline)))
    await told(name, result, async () => {
      await play(control, story);
      const ours = await trunkline.talks();
      for (const extension of extensions) await trunkline.sets(extension, "offline");
      return cdr ? differ(ours, await cdr.talks()) : [];
    });
}

/** @param check what Trunkline and the exchange do not agree on */
async function told(name: string, result: Result, check: () => Promise<readonly string[]>): Promise<void> {
  const wrong = await check().catch((error: unknown) => [String(error)]);
  if (wrong.length === 0) result.passed += 1;
  else result.failed += 1;
  console.error(`${wrong.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const line of wrong) console.error(`     ${line}`);
}

const show = (...counts: Counts[]) => JSON.stringify(counts);

/** A queue of the exchange may ring several phones for one caller: which of those that were picked up had the caller no record tells. */
function withoutPhones(...both: readonly [Talks, Talks]): readonly [Talks, Talks] {
  const without = (talks: Talks) => (both[1].begins.length > 1 ? { ...talks, answers: 0, firstAnswer: 0, talkMs: 0 } : talks);
  return [without(both[0]), without(both[1])];
}

function differ(ours: Talks, theirs: Talks): string[] {
  const near = (a: number, b: number, ms: number) => Math.abs(a - b) <= ms;
  const all = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((at, n) => near(at, b[n] ?? 0, BEGINS_MS));
  const same =
    theirs.begins.length > 0 &&
    all(ours.begins, theirs.begins) &&
    all(ours.ends, theirs.ends) &&
    ours.answers === theirs.answers &&
    near(ours.firstAnswer, theirs.firstAnswer, BEGINS_MS) &&
    near(ours.talkMs, theirs.talkMs, ROUNDED_MS * Math.max(1, theirs.answers));
  return same ? [] : [`records   ${JSON.stringify(theirs)}\n     Trunkline ${JSON.stringify(ours)}`];
}

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

if (import.meta.main) {
  const result = await checkAgainstPbx(process.env);
  if (result) console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result && result.failed === 0 ? 0 : 1);
}
