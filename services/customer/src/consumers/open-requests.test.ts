import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { removeOld } from "@trunkline/mongo";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { RequestEventSchema } from "@trunkline/proto/service-desk";
import { openCustomers } from "../customer.test-support.ts";
import { onRequestEvent } from "./on-request-event.ts";

const requests = topic("service_desk.request", RequestEventSchema);
const NUMBER = "13912345678";

async function opened() {
  const { bus, ask, context } = await openCustomers(
    () => 1_000,
    (context) => [onRequestEvent(context)],
  );
  const who = { kind: CustomerKind.PERSON, name: "王伟", phones: [NUMBER] };
  const { customer } = await ask(CustomerService.method.createCustomer, who, { id: "agent" });
  const customerId = customer?.customerId ?? "";
  const event = { opened: { customerId, type: "repair", priority: "high", ownerId: "e1" }, resolved: { customerId, ownerId: "e1" } };
  return {
    trail: context.trail,
    tell: (n: number, what: keyof typeof event) =>
      bus.publish(requests, "t1", "r1", n, { occurredAt: timestampFromMs(n), event: { case: what, value: event[what] } as never }),
    /** What a pop would show as open. */
    shown: async () => {
      const { matches } = await ask(CustomerService.method.identifyCaller, { number: NUMBER }, { id: "agent" });
      return matches[0]?.openRequests.map(({ requestId, priority }) => [requestId, priority]);
    },
  };
}

describe("a customer's open requests", () => {
  it("stand with who calls until they are resolved", async () => {
    const { tell, shown } = await opened();
    await tell(1, "opened");
    expect(await shown()).toEqual([["r1", "high"]]);
    await tell(2, "resolved");
    expect(await shown()).toEqual([]);
  });

  it("do not come back when the news of their opening comes late once more", async () => {
    const { tell, shown } = await opened();
    await tell(1, "opened");
    await tell(2, "resolved");
    await tell(1, "opened");
    expect(await shown()).toEqual([]);
  });
});

describe("a customer's trail", () => {
  it("loses a request as old only after it was resolved, counted from then", async () => {
    const { tell, trail } = await opened();
    const left = async (until: number) => {
      await removeOld(trail, until);
      return (await trail.find("t1", "request/r1"))?.state;
    };
    await tell(1, "opened");
    expect(await left(1_000)).toBe("opened");
    await tell(2, "resolved");
    expect([await left(1), await left(2)]).toEqual(["resolved", undefined]);
  });
});
