/** Something that goes on while a drill breaks things. */
export type Load = {
  /** Operations begun, and those that were answered. */
  readonly offered: () => number;
  readonly acknowledged: () => number;
  /** Begins nothing new; resolves when all that was begun has been answered. May be called again. */
  finish(): Promise<void>;
};

/** What a load's runners count in and look at. */
export type Tally = { offered: number; acknowledged: number; readonly ending: () => boolean };

/** Runs them all; each ends by itself once it is `ending`. */
export function startLoad(runners: readonly ((tally: Tally) => Promise<void>)[], close = async () => {}): Load {
  let ending = false;
  const tally: Tally = { offered: 0, acknowledged: 0, ending: () => ending };
  const all = Promise.all(runners.map((runner) => runner(tally)));
  // Whoever waits for the end hears of a failure; until then it must not end the process.
  all.catch(() => undefined);
  return {
    offered: () => tally.offered,
    acknowledged: () => tally.acknowledged,
    finish: async () => {
      ending = true;
      await all;
      await close();
    },
  };
}
