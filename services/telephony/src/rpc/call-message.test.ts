import { describe, expect, it } from "@jest/globals";
import { permissionsOf } from "@trunkline/auth";
import { answer, finishWrapUp, placeCall, queueCall, release } from "../domain/call.ts";
import { unsetQueue } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { toMessage } from "./call-message.ts";

const NUMBER = "+8613900000014";
const MASKED = "+86139****0014";
const { wrapUp } = unsetQueue("support", 10_000);
const about = { id: "c1", connectorId: "pbx", linkedid: "c1", startedAt: 1, queue: "support", routed: true, numberHash: "h" } as const;
const waiting = queueCall({ ...about, direction: "inbound", callerNumber: NUMBER, numberKind: "known" }, 1).state;
const talking = answer(waiting, "1001", "me", 0, 2).state;
const wrapping = release(talking, "me", wrapUp, 3).state;
const finished = finishWrapUp(wrapping, "me", "done", 4).state;
const dialling = placeCall({ ...about, direction: "outbound", callerNumber: NUMBER, numberKind: "known" }, "me", "", 1).state;

const numberOf = (call: Call, role: string, id = "me") =>
  toMessage([], call, {
    kind: "employee",
    id,
    tenant: "t1",
    roles: [],
    permissions: permissionsOf([role]),
    dataScope: "all",
    issuedAt: 0,
    expiresAt: 0,
    sessionStart: 0,
    sessionEnd: 0,
    mustChangePassword: false,
  }).callerNumber;

describe("a call's number", () => {
  it("is whole for agents and supervisors", () => {
    for (const role of ["agent", "supervisor"]) expect([waiting, finished].map((call) => numberOf(call, role))).toEqual([NUMBER, NUMBER]);
  });

  it("is whole for a masked agent while they have the call, before and after it is not", () => {
    const shown = [waiting, talking, wrapping, finished, dialling].map((call) => numberOf(call, "masked_agent"));
    expect(shown).toEqual([MASKED, NUMBER, NUMBER, MASKED, MASKED]);
    expect(numberOf(talking, "masked_agent", "somebody else")).toBe(MASKED);
  });
});
