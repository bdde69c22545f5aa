import { describe, expect, it } from "@jest/globals";
import type { Call } from "@trunkline/proto/telephony";
import fc from "fast-check";
import { allCalls, asRead, MOST_ROWS } from "./all-calls.ts";
import { csvOf } from "./csv.ts";

const pages = (count: number, size = 200) => {
  const asked: string[] = [];
  const read = async (token: string) => {
    asked.push(token);
    const from = Number(token || 0);
    const calls = Array.from({ length: Math.min(size, count - from) }, (_, n) => ({ callId: String(from + n) }) as Call);
    return { calls, nextPageToken: from + size < count ? String(from + size) : "" };
  };
  return { asked, read };
};

describe("the calls for a file", () => {
  it("are all of them, with what has come so far", async () => {
    const { read } = pages(450);
    const seen: number[] = [];
    const found = await allCalls(read, new AbortController().signal, (rows) => seen.push(rows));
    expect([found?.calls.length, found?.cut, seen]).toEqual([450, false, [200, 400, 450]]);
  });

  it("are no more than ten thousand, and that is said", async () => {
    const { read, asked } = pages(MOST_ROWS + 1);
    const found = await allCalls(read, new AbortController().signal, () => undefined);
    expect([found?.calls.length, found?.cut, asked.length]).toEqual([MOST_ROWS, true, MOST_ROWS / 200]);
    expect((await allCalls(pages(MOST_ROWS).read, new AbortController().signal, () => undefined))?.cut).toBe(false);
  });

  it("are none when it is stopped", async () => {
    const { read, asked } = pages(1_000);
    const stop = new AbortController();
    expect(await allCalls(read, stop.signal, () => stop.abort())).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});

describe("the call beside the list", () => {
  it("is as the list was read last, and stays when it has left the list", () => {
    const call = (callId: string, outcome: string) => ({ callId, outcome }) as Call;
    expect(asRead([call("c1", "answered"), call("c2", "")], call("c1", "")).outcome).toBe("answered");
    expect(asRead([call("c2", "")], call("c1", "abandoned")).outcome).toBe("abandoned");
  });
});

describe("a file for a spreadsheet", () => {
  it("begins with a byte order mark, quotes what must be, and ends each line", () => {
    expect(
      csvOf([
        ["时间", 'a "b"'],
        ["x,y", "1\n2"],
      ]),
    ).toBe('\uFEFF时间,"a ""b"""\r\n"x,y","1\n2"\r\n');
  });

  it("has no cell that is a formula", () => {
    fc.assert(
      fc.property(fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"), fc.string(), (first, rest) => {
        const cell = csvOf([[first + rest]]).slice(1);
        expect(cell.startsWith("'") || cell.startsWith("\"'")).toBe(true);
      }),
    );
    expect(csvOf([["+8613900001000"]])).toBe("\uFEFF'+8613900001000\r\n");
  });
});
