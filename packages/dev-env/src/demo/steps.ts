/** One step of the demo as it went. */
export type StepResult = { readonly name: string; readonly ok: boolean; readonly ms: number; readonly note: string };

export type Steps = {
  /** Runs a step; the text it gives says what truly happened. A step that throws is reported, and the later ones are not run. */
  run(name: string, work: () => Promise<string>): Promise<void>;
  readonly results: readonly StepResult[];
};

export function openSteps(print: (line: string) => void): Steps {
  const results: StepResult[] = [];
  return {
    results,
    async run(name, work) {
      const started = performance.now();
      const finish = (ok: boolean, note: string) => {
        const ms = Math.round(performance.now() - started);
        results.push({ name, ok, ms, note });
        print(`${ok ? "ok  " : "FAIL"} ${name} (${ms} ms): ${note}`);
      };
      if (results.some(({ ok }) => !ok)) return;
      try {
        finish(true, await work());
      } catch (error) {
        finish(false, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** @throws Error when what should have happened did not */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Asks again until the answer fits; everything that happens here takes its time on a bus. */
export async function eventually<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean, deadlineMs = 20_000): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > until)
      throw new Error(`${what}: not so after ${deadlineMs / 1000} s; last seen ${JSON.stringify(answer).slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
