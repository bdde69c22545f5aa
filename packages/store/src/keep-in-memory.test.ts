import { describe, expect, it } from "@jest/globals";
import { keepInMemory } from "./keep-in-memory.ts";
import { memoryBackend } from "./sqlite/backend.ts";

type Row = { readonly name: string; readonly changedAt: number };
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe("rows that are kept in memory", () => {
  it("are read within ten seconds also where an instance wrote them with an old time, because it was frozen before", async () => {
    const world = { now: 1_000_000 };
    const backend = memoryBackend({ offer: () => true }, () => world.now);
    const rows = await backend.rows<Row>({
      name: "names",
      indexes: [{ changedAt: 1 }],
    });
    const heard = new Map<string, string>();
    await using copy = await keepInMemory(rows, (_, id, { name }) => heard.set(id, name), { now: () => world.now, log });
    const pass = async () => {
      world.now += 2_000;
      await copy.refresh();
    };
    for (let n = 0; n < 20; n++) await pass();
    await rows.upsert("t1", "a", () => ({ name: "A", changedAt: world.now - 60_000 }));
    for (let n = 0; n < 6; n++) await pass();
    expect(heard.get("a")).toBe("A");
  });
});
