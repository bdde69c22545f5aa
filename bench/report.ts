import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { type Result, SPREAD_LIMIT } from "./harness.ts";

const FILE = new URL("../docs/reference/benchmarks.md", import.meta.url);
const INTRO = `# Benchmarks

Measured by \`npm run bench -- <name> --record\`, which writes its section here. What is judged are ratios taken in alternating rounds of one run
on one machine; an absolute figure is context. The drills write theirs with \`npm run drill -- <name> --record\`: what was lost, doubled or
stuck is counted by a process that sees only what the outside saw, the databases and the topics.
`;

export function asText(result: Result): string {
  return [`${result.name} on ${result.engine}`, "", ...table(result), "", ...result.notes, "", verdict(result)].join("\n");
}

/** Puts the result in the place of an earlier one of the same bench on the same engine. */
export async function record(result: Result): Promise<void> {
  const lines = [
    `${machine()}, ${result.rounds} rounds. ${verdict(result)}`,
    "",
    ...table(result),
    "",
    ...result.notes.map((note) => `- ${note}`),
  ];
  await recordSection(`${result.name} (${result.engine})`, lines);
}

/** What a figure is worth without a peer beside it. */
export const machine = () => `${cpus().length} cores, Node ${process.versions.node}`;

/** Puts a section in the place of the one with the same title. */
export async function recordSection(name: string, lines: readonly string[]): Promise<void> {
  const title = `## ${name}`;
  const before = await readFile(FILE, "utf8").catch(() => INTRO);
  const [, ...sections] = before.split(/^(?=## )/m);
  const kept = sections.filter((one) => !one.startsWith(`${title}\n`)).map((one) => one.trimEnd());
  const all = [...kept, [title, "", ...lines].join("\n").trimEnd()].sort();
  await writeFile(FILE, `${[INTRO.trimEnd(), ...all].join("\n\n")}\n`);
}

function verdict({ met, ratios, targets, spread }: Result): string {
  const missed = Object.keys(targets).filter((name) => (spread[name] ?? 0) > SPREAD_LIMIT);
  const unsteady = missed.length > 0 && !met ? ` (spread above ${SPREAD_LIMIT * 100} %: ${missed.join(", ")})` : "";
  const told = Object.entries(targets).map(([name, target]) => `${name} ${round(ratios[name] ?? Number.NaN)}, target ${round(target)}`);
  return `${met ? "Met" : "Not met"}: ${told.join("; ")}${unsteady}.`;
}

function table({ figures, ratios, targets, spread }: Result): string[] {
  const rows = Object.entries(figures).map(
    ([what, { median, min, max, cpuUsPerOp }]) => `| ${what} | ${round(median)} | ${round(min)} | ${round(max)} | ${round(cpuUsPerOp)} |`,
  );
  const judged = Object.entries(ratios).map(
    ([name, value]) => `| ${name} | ${round(value)} | ${round(targets[name] ?? Number.NaN)} | ${Math.round((spread[name] ?? 0) * 100)} % |`,
  );
  return [
    "| judged | median | target | spread |",
    "| --- | --- | --- | --- |",
    ...judged,
    "",
    "| figure | median | min | max | CPU us/op |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ];
}

function round(value: number): string {
  if (Number.isNaN(value)) return "";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : String(Number(value.toFixed(3)));
}
