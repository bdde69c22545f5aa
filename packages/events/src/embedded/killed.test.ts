import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { openTables } from "./tables.ts";
import { someFolder } from "./testing.ts";

const PROGRAM = fileURLToPath(new URL("killed.test-support.ts", import.meta.url));

describe("a process that is killed with SIGKILL while it writes and commits", () => {
  it("leaves all that it said was acknowledged and committed", async () => {
    using folder = someFolder();
    const file = join(folder.path, "events.db");
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = once(child, "exit");
    let acknowledged = 0;
    const committed = new Map<number, number>();
    for await (const line of createInterface(child.stdout)) {
      const [what, first, second] = line.split(" ");
      if (what === "acknowledged") acknowledged = Number(first);
      if (what === "committed") committed.set(Number(first), Number(second));
      // It runs on until the signal arrives; whatever it says meanwhile counts too.
      if (acknowledged >= 300 && committed.size >= 3) child.kill("SIGKILL");
    }
    await gone;
    expect(acknowledged).toBeGreaterThanOrEqual(300);
    const tables = openTables(file);
    const places = tables.topics().get("trunkline.killed.call.v1")?.places ?? [];
    const rows = places.flatMap((place) => tables.read(place, 0, 1_000_000).map(({ raw }) => Number(raw.headers["sequence"])));
    expect(rows.toSorted((a, b) => a - b).slice(0, acknowledged)).toEqual(Array.from({ length: acknowledged }, (_, i) => i + 1));
    for (const place of places) {
      const next = tables.committed("reader", place) ?? 0;
      expect(next).toBeGreaterThanOrEqual(committed.get(place.partition) ?? 0);
      expect(next).toBeLessThanOrEqual(tables.bounds(place).next);
    }
    tables.close();
  });
});
