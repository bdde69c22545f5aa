import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PACKAGE = new URL("./index.ts", import.meta.url).href;

export type Child = {
  /** Resolves when a line on standard output begins so. */
  says(line: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  closeInput(): void;
  /** Nobody reads what it logs any more. */
  closeLog(): void;
  readonly ended: Promise<{ code: number | null; signal: string | null; err: string }>;
};

/** For this package's own tests: runs a script in a process of its own; `runtime` is this package. */
export function startChild(script: string): Child {
  const code = `const runtime = await import(${JSON.stringify(PACKAGE)});\n${script}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: "pipe",
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null; err: string }>((resolve) => {
    child.once("close", (exit, signal) => resolve({ code: exit, signal, err }));
  });
  return {
    says: (line) =>
      new Promise((resolve, reject) => {
        const look = () => out.split("\n").some((each) => each.startsWith(line)) && resolve();
        child.stdout.on("data", look);
        look();
        void ended.then(() => reject(new Error(`the process ended without saying ${line}: ${err}`)));
      }),
    signal: (name) => void child.kill(name),
    closeInput: () => child.stdin.end(),
    closeLog: () => void child.stderr.destroy(),
    ended,
  };
}
