import { type CommandLine, type GuardedProcess, spawnGuarded, stopProcess } from "./guarded-process.ts";
import { lostItsPort, type Probe, waitUntilReady } from "./readiness.ts";
import { EngineError, type EngineKind, type RunningEngine } from "./types.ts";

const PORT_TRIES = 3;
/** How long an engine may take to end in order when asked to. */
const POLITE_MS = 10_000;

/** What an engine's own file knows about it. */
export interface LocalPlan {
  /** Name for people, such as "Redis". */
  readonly what: string;
  readonly address: string;
  readonly line: CommandLine;
  readonly probe: Probe;
  /** How long a polite end may take; 0 kills at once, for data that nobody wants afterwards. */
  readonly graceMs: number;
}

/**
 * Starts a process and waits until it answers. `plan` chooses the ports; between that and the engine's own bind another
 * process may take one, so a plan with `freePorts` is made anew, a few times.
 */
export async function startLocal(plan: () => Promise<LocalPlan>, freePorts: boolean): Promise<RunningEngine> {
  for (let attempt = 1; ; attempt += 1) {
    const chosen = await plan();
    try {
      return supervise(chosen, await launch(chosen));
    } catch (error) {
      if (!freePorts || attempt === PORT_TRIES || !lostItsPort(error)) throw error;
    }
  }
}

async function launch({ what, line, probe }: LocalPlan): Promise<GuardedProcess> {
  const child = spawnGuarded(line);
  try {
    await waitUntilReady(what, probe, { child });
    return child;
  } catch (error) {
    await stopProcess(child, 0);
    throw error;
  }
}

function supervise(plan: LocalPlan, first: GuardedProcess): RunningEngine {
  let child = first;
  return {
    kind: "local",
    address: plan.address,
    get pid() {
      return child.pid;
    },
    kill: (signal) => stopProcess(child, signal === "SIGKILL" ? 0 : POLITE_MS),
    freeze: async () => child.signal("SIGSTOP"),
    thaw: async () => child.signal("SIGCONT"),
    restart: async () => {
      await stopProcess(child, plan.graceMs);
      child = await launch(plan);
    },
    stop: () => stopProcess(child, plan.graceMs),
  };
}

/** An engine that somebody else runs: it can be used, not handled. `whose` starts the reason, such as "Redis comes from X". */
export function foreignEngine(whose: string, kind: EngineKind, address: string): RunningEngine {
  const refuse = async () => {
    throw new EngineError(`${whose} and is not ours to stop; start engines of your own for that`);
  };
  return { kind, address, kill: refuse, freeze: refuse, thaw: refuse, restart: refuse, stop: async () => {} };
}
