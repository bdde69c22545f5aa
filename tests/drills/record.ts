import { machine, recordSection } from "../../bench/report.ts";
import type { DrillResult } from "./harness.ts";

/** Puts the result in the place of an earlier one of the same drill in the same form. */
export async function record(result: DrillResult, quick: boolean): Promise<void> {
  const { name, seed, offered, acknowledged, kills, lost, doubled, stuck, met, recoveryMs, ...more } = result;
  const form = quick ? "quick" : "full";
  const recovery = recoveryMs === undefined ? "" : `${(recoveryMs / 1_000).toFixed(1)} s`;
  const cells = [name, form, seed, acknowledged, kills, lost, doubled, stuck, recovery, met ? "yes" : "no"];
  const rest = Object.entries(more).map(([what, value]) => `${what} ${value}`);
  await recordSection(`drill ${name} (${form})`, [
    `${machine()}. ${met ? "Met" : "Not met"}: ${acknowledged} of ${offered} operations acknowledged.`,
    "",
    "| drill | form | seed | operations | kills | lost | doubled | stuck | longest recovery | met |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    `| ${cells.join(" | ")} |`,
    ...(rest.length > 0 ? ["", `- ${rest.join(", ")}`] : []),
  ]);
}
