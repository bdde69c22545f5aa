/**
 * Named places where a drill may crash or sabotage a process. Disarmed (always, outside drills) they cost one map look-up.
 * A spec is a comma list of `name=crash@N` (SIGKILL at every pass with probability 1/N) or `name=on`.
 */
const armed = new Map<string, { crashOneIn: number } | "on">();

/** @throws Error when the spec is not understood */
export function armFailpoints(spec: string): void {
  armed.clear();
  for (const part of spec.split(",").filter((p) => p !== "")) {
    const match = /^([a-z_.]+)=(?:(on)|crash@(\d+))$/.exec(part);
    if (!match?.[1]) throw new Error(`failpoint "${part}" is not understood: use name=on or name=crash@N`);
    armed.set(match[1], match[2] ? "on" : { crashOneIn: Number(match[3]) });
  }
}

/** Dies here, as by kill -9, when a drill armed it so. */
export function failpoint(name: string): void {
  const point = armed.get(name);
  if (point && point !== "on" && Math.random() * point.crashOneIn < 1) process.kill(process.pid, "SIGKILL");
}

/** True when a drill switched this safeguard off to prove that its checker notices. */
export function failpointActive(name: string): boolean {
  return armed.get(name) === "on";
}
