import { describe, expect, it } from "@jest/globals";
import { createPace } from "./pace.ts";

describe("a pace", () => {
  it("of two hundred a second lets twenty turns take a tenth of a second, however many wait", async () => {
    const pace = createPace(200);
    const started = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => pace(new AbortController().signal)));
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });
});
