import { describe, expect, it } from "@jest/globals";
import { openLeaving } from "./leaving.ts";

describe("what is not saved", () => {
  it("is asked about before it is left, and stays where it is until then", () => {
    const leaving = openLeaving();
    const gone: string[] = [];
    const go = (where: string) => leaving.leave(() => gone.push(where));
    go("one");
    leaving.changed(true);
    go("two");
    expect([gone, leaving.isAsking()]).toEqual([["one"], true]);
    leaving.answer(false);
    expect([gone, leaving.isAsking()]).toEqual([["one"], false]);
    go("three");
    leaving.answer(true);
    expect([gone, leaving.isAsking()]).toEqual([["one", "three"], false]);
    // The form is gone.
    leaving.changed(false);
    go("four");
    expect(gone).toEqual(["one", "three", "four"]);
  });
});
