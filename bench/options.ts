/** What the command line said; each bench reads what concerns it. */
export type BenchOptions = {
  readonly rounds: number;
  readonly slices: number;
  readonly sliceMs: number;
  /** Delay planted in the product, ms; a bench that is still met then cannot be trusted. */
  readonly slowMs: number;
  readonly store: "mongo" | "memory";
  readonly customers: number | undefined;
  /** Operations a second, where a bench offers them at a fixed rate. */
  readonly rate: number | undefined;
  /** Open sockets, where a bench has any. */
  readonly sockets: number | undefined;
  /** A real Asterisk to stand beside us: tcp://user:secret@host:port/queue of its manager port. */
  readonly appQueue: string | undefined;
  /** Another checkout of the product, to be measured in the same run. */
  readonly against: string | undefined;
  readonly progress: (line: string) => void;
};
