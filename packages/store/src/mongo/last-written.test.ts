import { describe, expect, it } from "@jest/globals";
import type { Stored } from "../aggregate-document.ts";
import { lastWritten } from "./last-written.ts";

const doc = (id: string, version: number) => ({ _id: id, version }) as Stored;

describe("documents that were written last", () => {
  it("are as many as there may be; the one that was written longest ago goes", () => {
    const last = lastWritten(2);
    last.put(doc("a", 1));
    last.put(doc("b", 1));
    last.put(doc("a", 2));
    last.put(doc("c", 1));
    expect(["a", "b", "c"].map((id) => last.get(id)?.version)).toEqual([2, undefined, 1]);
  });

  it("take no more memory than they may, however large each is", () => {
    const last = lastWritten(100, 10_000);
    const large = (id: string, length: number) => ({ ...doc(id, 1), text: "x".repeat(length) }) as Stored;
    for (const id of ["a", "b", "c"]) last.put(large(id, 4_000));
    expect(["a", "b", "c"].map((id) => last.get(id)?._id)).toEqual([undefined, "b", "c"]);
    last.put(large("huge", 20_000));
    expect(["b", "c", "huge"].map((id) => last.get(id))).toEqual([undefined, undefined, undefined]);
    last.put(large("d", 4_000));
    expect(last.get("d")?._id).toBe("d");
  });

  it("are not replaced by what was written before them, and forgotten only as the ones that were wrong", () => {
    const last = lastWritten();
    const [older, newer] = [doc("a", 1), doc("a", 2)];
    last.put(newer);
    last.put(older);
    last.forget(older);
    expect(last.get("a")).toBe(newer);
    last.forget(newer);
    expect(last.get("a")).toBeUndefined();
  });
});
