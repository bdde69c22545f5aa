import { describe, expect, it } from "@jest/globals";
import { memoryBackend, removeOld } from "@trunkline/store";
import { openAudit } from "./audit.ts";

describe("the audit log", () => {
  it("forgets what is older than it is kept, of every tenant, and nothing else", async () => {
    const backend = memoryBackend({ offer: () => true }, () => 0);
    const rows = await openAudit(backend);
    const row = { method: "m", actor: "a", object: "", correlation: "c", code: "ok" };
    for (let n = 0; n < 1_200; n++) await rows.upsert(`t${n % 3}`, `r${n}`, () => ({ ...row, at: n }));
    while (await removeOld(rows, 1_100));
    const left = await rows.due({ at: { $lte: 9_999 } }, "at", 2_000);
    expect(left.map(({ row: { at } }) => at)).toEqual(Array.from({ length: 99 }, (_, n) => 1_101 + n));
  });
});
