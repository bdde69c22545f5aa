import { describe, expect, it } from "@jest/globals";
import { type About, isAstray, meant, noFields, typed } from "./request-draft.ts";

const li: About = { customerId: "li", callId: "c1", number: "1" };
const liu: About = { customerId: "liu", callId: "c2", number: "2" };
const nobody: About = { customerId: "", callId: "", number: "" };
const fields = { ...noFields, subject: "空调" };

describe("the draft of a request", () => {
  it("is for whom it was begun, whoever calls meanwhile, and says so when somebody else is shown", () => {
    const begun = typed(undefined, fields, li, "r1");
    const goes = typed(begun, { ...fields, subject: "空调不" }, liu, "r2");
    expect(goes).toMatchObject({ about: li, requestId: "r1", fields: { subject: "空调不" } });
    expect([isAstray(goes, li), isAstray(goes, liu), isAstray(goes, nobody)]).toEqual([false, true, false]);
    expect(goes && isAstray({ ...goes, kept: true }, liu)).toBe(false);
  });

  it("belongs to nobody once it is empty", () => {
    const begun = typed(undefined, fields, li, "r1");
    expect(typed(begun, { ...noFields, subject: " " }, li, "r2")).toBeUndefined();
    expect(typed(undefined, { ...noFields, queueId: "repair" }, li, "r2")).toBeUndefined();
  });

  it("goes with its customer from call to call, and with its call while that is nobody's", () => {
    const begun = typed(undefined, fields, li, "r1");
    expect(isAstray(begun, { ...li, callId: "c9" })).toBe(false);
    const unknown = typed(undefined, fields, { customerId: "", callId: "c1", number: "" }, "r1");
    expect(isAstray(unknown, { customerId: "", callId: "c2", number: "" })).toBe(true);
    expect(isAstray(unknown, { ...li, callId: "c1" })).toBe(false);
    expect([meant(unknown, { ...li, callId: "c1" }).customerId, meant(unknown, liu).customerId]).toEqual(["li", ""]);
  });
});
