import { DomainError } from "@trunkline/errors";
import { actionTimeout, unavailable } from "../pbx/errors.ts";

/** Commands that wait for their reply (FreeSWITCH answers in order), and jobs that wait for their result (by an id that we give). */
export type EslReplies = {
  /** Writes a command and gives its reply. @throws DomainError pbx_action_timeout, pbx_actions_pending, pbx_action_line_break */
  command(text: string, what: string, deadlineMs: number, job?: string): Promise<string>;
  /** Has it done in the background and gives the result. @throws DomainError, besides those: pbx_action_refused, pbx_permission_denied */
  job(api: string, deadlineMs: number): Promise<string>;
  /** @param job of a job's reply, its id: whatever else got lost, this one is known */
  reply(text: string, job: string): void;
  result(job: string, text: string): void;
  failAll(reason: DomainError): void;
};

type Waiting = { readonly resolve: (text: string) => void; readonly reject: (error: DomainError) => void; readonly timer: NodeJS.Timeout };

const MAX_PENDING = 1000;

/** @throws DomainError pbx_permission_denied, pbx_action_refused */
export function checkedReply(what: string, text: string): string {
  if (!text.startsWith("-")) return text;
  const said = text.trim().slice(0, 200);
  if (/permission denied/i.test(said)) {
    const message = `the PBX user may not ${what}: allow it in the event socket's settings`;
    throw new DomainError("forbidden", "pbx_permission_denied", message, { action: what });
  }
  throw new DomainError("rule_violated", "pbx_action_refused", `the PBX refused ${what}: ${said}`, { action: what });
}

export function eslReplies(write: (text: string) => void): EslReplies {
  const commands: (Waiting & { readonly job: string })[] = [];
  const jobs = new Map<string, Waiting>();
  let count = 0;

  function wait(what: string, deadlineMs: number, given: () => void): { waiting: Waiting; promise: Promise<string> } {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      given();
      reject(actionTimeout(what, deadlineMs));
    }, deadlineMs);
    // A job's result may fail before anybody waits for it: its command failed first.
    promise.catch(() => undefined);
    return { waiting: { resolve, reject, timer: timer.unref() }, promise };
  }

  const self: EslReplies = {
    command(text, what, deadlineMs, job = "") {
      if (/[\r\n\0]/.test(text + job)) {
        throw new DomainError("invalid", "pbx_action_line_break", `a line break ends a command: take it out of ${what}`);
      }
      if (commands.length >= MAX_PENDING) {
        throw new DomainError("exhausted", "pbx_actions_pending", `${MAX_PENDING} actions wait for the PBX: try again later`);
      }
      // Its place in the order is kept: the reply may still come.
      const { waiting, promise } = wait(what, deadlineMs, () => undefined);
      commands.push({ ...waiting, job });
      write(job === "" ? `${text}\n\n` : `${text}\nJob-UUID: ${job}\n\n`);
      return promise;
    },
    async job(api, deadlineMs) {
      const id = `tl-job-${++count}`;
      const what = api.split(" ", 1)[0] ?? "";
      const { waiting, promise } = wait(what, deadlineMs, () => jobs.delete(id));
      jobs.set(id, waiting);
      try {
        checkedReply(what, await self.command(`bgapi ${api}`, what, deadlineMs, id));
      } catch (error) {
        jobs.delete(id);
        clearTimeout(waiting.timer);
        throw error;
      }
      return checkedReply(what, await promise);
    },
    reply(text, job) {
      const place = job === "" ? 0 : commands.findIndex((one) => one.job === job);
      const [first] = commands.splice(Math.max(0, place), 1);
      clearTimeout(first?.timer);
      first?.resolve(text);
    },
    result(id, text) {
      const job = jobs.get(id);
      jobs.delete(id);
      clearTimeout(job?.timer);
      job?.resolve(text);
    },
    failAll(reason) {
      for (const { timer, reject } of [...commands.splice(0), ...jobs.values()]) {
        clearTimeout(timer);
        reject(reason);
      }
      jobs.clear();
    },
  };
  return self;
}

/** Why a connection that spoke nonsense is over. */
export function notEsl(problem: string): DomainError {
  return unavailable(`what came is not FreeSWITCH's event socket (${problem}): is this its port?`);
}
