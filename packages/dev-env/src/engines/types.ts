/** The three servers that Trunkline needs beside its own processes. */
export type EngineName = "kafka" | "mongo" | "redis";

/** Where an engine came from: an address in the environment, a container, or a process started here. */
export type EngineKind = "env" | "docker" | "local";

export type Env = Readonly<Record<string, string | undefined>>;

/** What every way of starting an engine gets to know. */
export interface StartContext {
  readonly env: Env;
  /** Absolute; each engine keeps its data and log in a folder of its own inside. */
  readonly dataDir: string;
  readonly mongoBackend: "memory" | "file";
  readonly ports: EnginePorts;
  /** Only so; else a container, or a process where that cannot be. */
  readonly kind?: "docker" | "local" | undefined;
  readonly onProgress: (line: string) => void;
}

export interface EnginePorts {
  readonly kafka?: number;
  readonly kafkaController?: number;
  readonly mongo?: number;
  readonly redis?: number;
}

/** One running engine, whatever it runs as. */
export interface RunningEngine {
  readonly kind: EngineKind;
  /** `host:port` for Kafka, a URL for the others. */
  readonly address: string;
  /** Operating system process, for local engines. */
  readonly pid?: number;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A reason in one line that ends with what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** The error itself, or an EngineError in its place when the system refused something that a person can put right. */
export function explained(error: unknown): unknown {
  const { code, path = "a file" } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return new EngineError("the disk is full; free some space, then start again");
  if (code && ["EACCES", "EROFS", "EEXIST", "ENOTDIR"].includes(code)) {
    return new EngineError(
      `${path} cannot be used as a folder (${code}); choose another data folder, or another cache with TRUNKLINE_CACHE`,
    );
  }
  return error;
}
