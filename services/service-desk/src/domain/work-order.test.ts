import { describe, expect, it } from "@jest/globals";
import { confirmOffer, moveWindow, OFFER_MS, offerTo, recordNobody, workOrderDueAt } from "./dispatch-work-order.ts";
import { job } from "./engineers.test-support.ts";
import { at, HOUR } from "./given.test-support.ts";
import { acceptWorkOrder, completeWorkOrder, logLabour, logPart, rejectWorkOrder, startWorkOrder } from "./perform-work-order.ts";
import { checkSignatureImage } from "./signature.ts";
import { openWorkOrder, type WorkOrder } from "./work-order.ts";

const start = at("2026-03-08 10:00");
const { rejections: _, ...visit } = job();
const pending = openWorkOrder({ ...visit, id: "w1", requestId: "r1", customerId: "c1" }, start).state;
const none = { candidates: [], tieBrokenBy: "", considered: 1, leftOut: false };
const offer = (engineerId: string, dispatchId = "d1", when = start) => ({
  id: `offer-${engineerId}-${dispatchId}`,
  engineerId,
  date: "2026-03-09",
  dispatchId,
  at: when,
});
const assigned: WorkOrder = confirmOffer(offerTo(pending, offer("li")).state, "offer-li-d1", none, start).state;
const li = { employeeId: "li", at: start };
const accepted = acceptWorkOrder(assigned, li).state;
const working = startWorkOrder(accepted, li).state;
const signature = { signer: "Mrs Zhang", sha256: "00", bytes: 10, signedAt: start };
const refusal = (code: string) => expect.objectContaining({ code });

describe("a visit's window", () => {
  const open = (windowFrom: number, windowTo: number) => () =>
    openWorkOrder({ ...visit, windowFrom, windowTo, id: "w", requestId: "r", customerId: "" }, start);
  it("ends after it begins, within a day, and not in the past", () => {
    expect(open(start + HOUR, start + HOUR)).toThrow(refusal("window_invalid"));
    expect(open(start, start + 25 * HOUR)).toThrow(refusal("window_invalid"));
    expect(open(start - 2 * HOUR, start)).toThrow(refusal("window_past"));
    expect(open(start - HOUR, start + HOUR)().state.state).toBe("pending_dispatch");
  });

  it("can be moved while nobody has the visit", () => {
    expect(moveWindow(pending, { windowFrom: start, windowTo: start + HOUR }, start).state.windowTo).toBe(start + HOUR);
    expect(() => moveWindow(assigned, visit, start)).toThrow(refusal("work_order_dispatched"));
    expect(() => moveWindow(offerTo(pending, offer("li")).state, visit, start)).toThrow(refusal("dispatch_in_progress"));
  });
});

describe("dispatching", () => {
  it("names the engineer once their day has room, with score and candidates", () => {
    const candidates = [
      { employeeId: "li", passed: true, rules: [], factors: [], score: 80 },
      { employeeId: "wu", passed: false, rules: [], factors: [], score: 90 },
    ];
    const { state, events } = confirmOffer(
      offerTo(pending, offer("li")).state,
      "offer-li-d1",
      { candidates, tieBrokenBy: "id", considered: 1, leftOut: false },
      start + 1,
    );
    expect(state).toMatchObject({ state: "assigned", engineerId: "li", dispatchedAt: start + 1, tieBrokenBy: "id", candidates });
    expect(events).toEqual([
      { type: "dispatched", at: start + 1, requestId: "r1", engineerId: "li", customerId: "c1", score: 80, candidates: 2 },
    ]);
  });

  it("keeps a second dispatcher out until the first one's offer has lapsed", () => {
    const offered = offerTo(pending, offer("li")).state;
    expect(() => offerTo(offered, offer("wu", "d2", start + OFFER_MS - 1))).toThrow(refusal("dispatch_in_progress"));
    const taken = offerTo(offered, offer("wu", "d2", start + OFFER_MS)).state;
    expect(() => confirmOffer(taken, "offer-li-d1", none, start)).toThrow(refusal("offer_expired"));
    expect(confirmOffer(taken, "offer-wu-d2", none, start).state.engineerId).toBe("wu");
  });

  it("lets the same dispatcher go on to the next engineer", () => {
    expect(offerTo(offerTo(pending, offer("li")).state, offer("wu")).state.offer?.engineerId).toBe("wu");
  });

  it("confirmed twice happens once, and an assigned one is not offered again", () => {
    expect(confirmOffer(assigned, "offer-li-d1", none, start + 5)).toEqual({ state: assigned, events: [] });
    expect(() => offerTo(assigned, offer("wu"))).toThrow(refusal("work_order_dispatched"));
  });

  it("that was cut off is due when its offer lapses, and never after it came to an end", () => {
    const offered = offerTo(pending, offer("li")).state;
    expect(workOrderDueAt(offered)).toBe(start + OFFER_MS);
    expect(workOrderDueAt(assigned)).toBeUndefined();
    expect(workOrderDueAt(recordNobody(offered, "d1", none, start).state)).toBeUndefined();
    expect(workOrderDueAt(recordNobody(offered, "d2", none, start + OFFER_MS).state)).toBeUndefined();
    expect(recordNobody(offered, "d2", none, start).state.offer).toBeDefined();
  });
});

describe("the engineer", () => {
  it("accepts, starts, logs and completes, with an event each", () => {
    const part = logPart(working, { ...li, part: { partNumber: "SEAL-7", quantity: 2, serial: "" } });
    const labour = logLabour(part.state, { ...li, labour: { kind: "work", minutes: 45 } });
    const closed = completeWorkOrder(labour.state, { ...li, signature, summary: "seal replaced", resolveRequest: true });
    expect([part, labour, closed].flatMap(({ events }) => events)).toEqual([
      { type: "partLogged", at: start, partNumber: "SEAL-7", quantity: 2 },
      { type: "labourLogged", at: start, kind: "work", minutes: 45 },
      { type: "completed", at: start, requestId: "r1", engineerId: "li", resolveRequest: true },
    ]);
    expect(closed.state).toMatchObject({
      state: "closed_complete",
      signature,
      parts: [{ partNumber: "SEAL-7" }],
      labour: [{ minutes: 45 }],
      completedAt: start,
    });
  });

  it("is the only one who may do so", () => {
    const other = { employeeId: "wu", at: start };
    for (const act of [
      () => acceptWorkOrder(assigned, other),
      () => rejectWorkOrder(assigned, { ...other, reason: "far" }),
      () => startWorkOrder(accepted, other),
      () => logPart(working, { ...other, part: { partNumber: "x", quantity: 1, serial: "" } }),
      () => logLabour(working, { ...other, labour: { kind: "work", minutes: 1 } }),
      () => completeWorkOrder(working, { ...other, signature, summary: "s", resolveRequest: false }),
      () => acceptWorkOrder(pending, { employeeId: "", at: start }),
    ])
      expect(act).toThrow(refusal("not_the_engineer"));
  });

  it("rejects with a reason, which frees the visit and is remembered", () => {
    for (const state of [assigned, accepted]) {
      const { state: back, events } = rejectWorkOrder(state, { ...li, reason: "no lift to carry it" });
      expect(back).toMatchObject({
        state: "pending_dispatch",
        engineerId: "",
        rejections: [{ employeeId: "li", reason: "no lift to carry it", offerId: "offer-li-d1", date: "2026-03-09" }],
      });
      expect([back.offer, back.dispatchedAt]).toEqual([undefined, undefined]);
      expect(events).toEqual([{ type: "rejected", at: start, engineerId: "li" }]);
    }
  });

  it("keeps the order of the steps", () => {
    expect(() => startWorkOrder(assigned, li)).toThrow(refusal("work_order_state"));
    expect(() => logPart(accepted, { ...li, part: { partNumber: "x", quantity: 1, serial: "" } })).toThrow(refusal("work_order_state"));
    expect(() => rejectWorkOrder(working, { ...li, reason: "late" })).toThrow(refusal("work_order_state"));
    const closed = completeWorkOrder(working, { ...li, signature, summary: "s", resolveRequest: false }).state;
    expect(() => completeWorkOrder(closed, { ...li, signature, summary: "s", resolveRequest: false })).toThrow(refusal("work_order_state"));
  });

  it("may press accept and start twice", () => {
    expect(acceptWorkOrder(accepted, li).events).toEqual([]);
    expect(startWorkOrder(working, li).events).toEqual([]);
  });

  it("logs at most 200 parts", () => {
    const full = { ...working, parts: Array.from({ length: 200 }, () => ({ partNumber: "x", quantity: 1, serial: "" })) };
    expect(() => logPart(full, { ...li, part: { partNumber: "x", quantity: 1, serial: "" } })).toThrow(refusal("too_many_lines"));
  });
});

describe("a signature", () => {
  const png = (bytes: number) => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array<number>(bytes).fill(0)]);
  it("is a PNG of at most 100 KiB", () => {
    expect(() => checkSignatureImage(png(10))).not.toThrow();
    expect(() => checkSignatureImage(png(102_400))).toThrow(refusal("signature_too_large"));
    expect(() => checkSignatureImage(Buffer.from("%PDF-1.7 not a picture"))).toThrow(refusal("signature_not_png"));
    expect(() => checkSignatureImage(new Uint8Array(0))).toThrow(refusal("signature_not_png"));
  });
});
