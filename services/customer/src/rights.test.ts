import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { AssetService, CustomerKind, CustomerService, SegmentService } from "@trunkline/proto/customer";
import { RequestEventSchema, WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { Who } from "@trunkline/rpc/asking";
import { fireDue } from "@trunkline/timers";
import { onRequestEvent } from "./consumers/on-request-event.ts";
import { onWorkOrderEvent } from "./consumers/on-work-order-event.ts";
import type { Context } from "./context.ts";
import { openCustomers } from "./customer.test-support.ts";
import { timerSources } from "./timers.ts";

const requests = topic("service_desk.request", RequestEventSchema);
const visits = topic("service_desk.work_order", WorkOrderEventSchema);
const { createCustomer, getCustomer, identifyCaller, listContacts, searchCustomers } = CustomerService.method;
const DAY = 86_400_000;
const NUMBER = "+8613912345678";
const MAIL = "wangwei@example.com";
const agent: Who = { id: "agent" };
const masked: Who = { id: "masked", roles: ["masked_agent"] };
const engineer: Who = { id: "li", roles: ["engineer"] };
const refusal = (code: string) => expect.objectContaining({ code });
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const NOT_FOUND = refusal("customer_not_found");

async function opened() {
  const world = { now: 1_000 };
  const consumers = (context: Context) => [onRequestEvent(context), onWorkOrderEvent(context)];
  const { bus, context, ask } = await openCustomers(() => world.now, consumers);
  const who = { kind: CustomerKind.PERSON, name: "王伟", phones: [NUMBER], emails: [MAIL], grade: "A" };
  const { customer } = await ask(createCustomer, who, agent);
  const customerId = customer?.customerId ?? "";
  const engineerId = "li";
  const told =
    (of: typeof requests | typeof visits, id: string) =>
    (n: number, kase: string, value: object, at = n) =>
      bus.publish(of as typeof visits, "t1", id, n, { occurredAt: timestampFromMs(at), event: { case: kase, value } as never });
  return {
    ask,
    world,
    context,
    customerId,
    visit: told(visits, "w1"),
    dispatched: { requestId: "r1", customerId, engineerId },
    /** Who meets the customer, by whatever way. */
    seenBy: async (reader: Who) => {
      const ways = [
        ask(getCustomer, { customerId }, reader),
        ask(listContacts, { customerId }, reader),
        ask(AssetService.method.listAssets, { customerId }, reader),
      ];
      const seen = (await Promise.allSettled(ways)).map(({ status }) => status === "fulfilled");
      expect(new Set(seen).size).toBe(1);
      return seen[0];
    },
    request: told(requests, "r1"),
  };
}

describe("an engineer", () => {
  it("meets a customer while a visit of theirs names it, with what belongs to it, and 30 days longer", async () => {
    const { visit, dispatched, seenBy, world, context } = await opened();
    expect(await seenBy(engineer)).toBe(false);
    await visit(1, "dispatched", dispatched);
    expect(await seenBy(engineer)).toBe(true);
    expect(await seenBy({ ...engineer, id: "other" })).toBe(false);
    await visit(2, "completed", { requestId: "r1", engineerId: "li" }, 5_000);
    world.now = 5_000 + 30 * DAY - 1;
    await fireDue(timerSources(context), context.now, silent);
    expect(await seenBy(engineer)).toBe(true);
    world.now += 1;
    await fireDue(timerSources(context), context.now, silent);
    expect(await seenBy(engineer)).toBe(false);
    expect(await seenBy(agent)).toBe(true);
  });

  it("meets it no more once somebody else goes; what comes late changes nothing", async () => {
    const { visit, dispatched, seenBy } = await opened();
    await visit(1, "dispatched", dispatched);
    await visit(2, "rejected", { engineerId: "li" });
    expect(await seenBy(engineer)).toBe(false);
    await visit(3, "dispatched", { ...dispatched, engineerId: "wang" });
    await visit(1, "dispatched", dispatched);
    expect([await seenBy(engineer), await seenBy({ ...engineer, id: "wang" })]).toEqual([false, true]);
  });

  it("meets it by a request that is theirs, as long as it is", async () => {
    const { request, customerId, seenBy } = await opened();
    await request(1, "opened", { customerId, ownerId: "lead", type: "repair", priority: "high" });
    expect(await seenBy(engineer)).toBe(false);
    await request(2, "assigned", { ownerId: "li" });
    expect(await seenBy(engineer)).toBe(true);
    await request(3, "assigned", { ownerId: "lead" });
    expect(await seenBy(engineer)).toBe(false);
  });

  it("sees whole whom they visit", async () => {
    const { ask, visit, dispatched, customerId } = await opened();
    await expect(ask(getCustomer, { customerId }, engineer)).rejects.toEqual(NOT_FOUND);
    await visit(1, "dispatched", dispatched);
    expect((await ask(getCustomer, { customerId }, engineer)).customer?.phones).toEqual([NUMBER]);
  });
});

describe("numbers and e-mail addresses", () => {
  it("are whole for an agent and masked for a masked one, wherever a customer is shown", async () => {
    const { ask, customerId } = await opened();
    const { segment } = await ask(SegmentService.method.createSegment, { name: "A", filter: { grades: ["A"] } }, agent);
    const segmentId = segment?.segmentId ?? "";
    const shown = async (reader: Who) => {
      const { customer } = await ask(getCustomer, { customerId }, reader);
      const { matches } = await ask(searchCustomers, { searchText: "wangwei" }, reader);
      const identified = await ask(identifyCaller, { number: NUMBER }, reader);
      const { members } = await ask(SegmentService.method.listSegmentMembers, { segmentId }, reader);
      const all = [customer, matches[0]?.customer, identified.matches[0]?.customer, members[0]];
      return new Set(all.map((one) => `${one?.phones} ${one?.emails}`));
    };
    expect(await shown(agent)).toEqual(new Set([`${NUMBER} ${MAIL}`]));
    expect(await shown({ id: "marketing", kind: "service" })).toEqual(new Set([`${NUMBER} ${MAIL}`]));
    expect(await shown(masked)).toEqual(new Set(["+86139****5678 w****@example.com"]));
    const { members } = await ask(SegmentService.method.listSegmentMembers, { segmentId }, { id: "m", roles: ["marketer"] });
    expect(members.map(({ phones, emails }) => `${phones} ${emails}`)).toEqual(["+86139****5678 w****@example.com"]);
  });

  it.each([NUMBER, "13912345678", "5678", "139 1234 5678", "１３９１２３４５６７８"])(
    "typed as %s lead a masked agent to nobody",
    async (searchText) => {
      const { ask } = await opened();
      await expect(ask(searchCustomers, { searchText }, masked)).rejects.toEqual(refusal("permission_denied"));
      expect((await ask(searchCustomers, { searchText }, agent)).matches).toHaveLength(1);
    },
  );

  it("are no key to a person for a masked agent who looks for doubles, and not theirs to change", async () => {
    const { ask, customerId } = await opened();
    const { changeCustomer, findDuplicates } = CustomerService.method;
    const found = async (reader: Who, request: object) =>
      (await ask(findDuplicates, request, reader)).matches.map(({ reasons }) => reasons);
    expect(await found(agent, { phones: [NUMBER] })).toEqual([["phone_same"]]);
    for (const request of [{ phones: [NUMBER] }, { emails: [MAIL] }, { name: "李娜", phones: [NUMBER] }])
      expect(await found(masked, request)).toEqual([]);
    expect(await found(masked, { name: "王伟", phones: [NUMBER] })).toEqual([["name_same"]]);
    const change = (paths: string[]) =>
      ask(changeCustomer, { customerId, emails: ["w****@example.com"], grade: "B", updateMask: { paths } }, masked);
    await expect(change(["emails"])).rejects.toEqual(refusal("permission_denied"));
    expect((await change(["grade"])).customer).toMatchObject({ grade: "B", phones: ["+86139****5678"] });
  });
});
