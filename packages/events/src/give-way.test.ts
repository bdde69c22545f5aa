import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { giveWay } from "./give-way.ts";

describe("work that never waits for anything", () => {
  afterEach(() => void jest.restoreAllMocks());

  it("lets others have a turn of the loop once it has kept it for 10 ms, and goes on at once before", async () => {
    let now = 1_000_000;
    jest.spyOn(performance, "now").mockImplementation(() => now);
    let turns = 0;
    const other = () => {
      turns += 1;
    };
    await giveWay();
    setImmediate(other);
    now += 9;
    await giveWay();
    expect(turns).toBe(0);
    now += 1;
    await giveWay();
    expect(turns).toBe(1);
  });
});
