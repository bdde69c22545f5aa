import { describe, expect, it } from "@jest/globals";
import { firstFields, type NewDraft, resumed, withFields } from "./new-drafts.ts";

const first = firstFields("+8613800000000", "");
const typed = (drafts: readonly NewDraft[], id: string, name: string, requestId = `r-${name}`) =>
  withFields(drafts, { id, requestId, fields: { ...first, name } }, first);

describe("a customer who was begun", () => {
  it("begins with the caller's number, and with what was looked for as a number or a name", () => {
    expect(first).toMatchObject({ name: "", phone: "+8613800000000" });
    expect(firstFields("", "138 0000")).toMatchObject({ name: "", phone: "138 0000" });
    expect(firstFields("", "王芳")).toMatchObject({ name: "王芳", phone: "" });
    expect(firstFields("+861", "2001")).toMatchObject({ name: "", phone: "+861" });
  });

  it("stays with its call while others are begun, as one try with one id", () => {
    const drafts = typed(typed(typed([], "c1", "王"), "c2", "李"), "c1", "王芳");
    expect(drafts.map(({ id, requestId, fields }) => [id, requestId, fields.name])).toEqual([
      ["c2", "r-李", "李"],
      ["c1", "r-王", "王芳"],
    ]);
  });

  it("is nobody when emptied again", () => {
    expect(typed(typed([], "c1", "王"), "c1", " ")).toEqual([]);
  });

  it("comes back with its call, and when no call is there any more", () => {
    const drafts = typed(typed([], "c1", "王"), "c2", "李");
    expect([resumed(drafts, "c1")?.id, resumed(drafts, "")?.id, resumed(drafts, "c3")]).toEqual(["c1", "c2", undefined]);
  });

  it("is one of few", () => {
    expect(
      Array.from({ length: 30 }, (_, n) => `c${n}`).reduce((drafts, id) => typed(drafts, id, id), [] as readonly NewDraft[]),
    ).toHaveLength(20);
  });
});
