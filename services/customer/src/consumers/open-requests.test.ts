import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { RequestEventSchema } from "@trunkline/proto/service-desk";
import { removeOld } from "@trunkline/store";
import { openCustomers } from "../customer.test-support.ts";
import { onRequestEvent } from "./on-request-event.ts";

const requests = topic("service_desk.request", RequestEventSchema);
const NUMBER = "13912345678";
const OTHER = "13912345679";

async function opened() {
  const { bus, ask, context } = await openCustomers(
    () => 1_000,
    (context) => [onRequestEvent(context)],
  );
  const who = { kind: CustomerKind.PERSON, name: "王伟" };
  const create = async (phones: string[]) =>
    (await ask(CustomerService.method.createCustomer, { ...who, phones }, { id: "agent" })).customer?.customerId ?? "";
  const customerId = await create([NUMBER]);
  const other = await create([OTHER]);
  const asked = { type: "repair", priority: "high" };
  const event = {
    opened: { customerId, ownerId: "e1", ...asked },
    resolved: { customerId, ownerId: "e1" },
    openedForNobody: { ownerId: "e1", ...asked },
    linked: { customerId, ...asked },
    linkedToOther: { customerId: other, previousCustomerId: customerId, ...asked },
  };
  const caseOf = {
    opened: "opened",
    resolved: "resolved",
    openedForNobody: "opened",
    linked: "customerLinked",
    linkedToOther: "customerLinked",
  };
  return {
    trail: context.trail,
    tell: (n: number, what: keyof typeof event) =>
      bus.publish(requests, "t1", "r1", n, { occurredAt: timestampFromMs(n), event: { case: caseOf[what], value: event[what] } as never }),
    /** What a pop would show as open. */
    shown: async (number = NUMBER) => {
      const { matches } = await ask(CustomerService.method.identifyCaller, { number }, { id: "agent" });
      return matches[0]?.openRequests.map(({ requestId, priority }) => [requestId, priority]);
    },
    contacts: async (of: "first" | "other" = "first") => {
      const asked = { customerId: of === "first" ? customerId : other };
      const { contacts } = await ask(CustomerService.method.listContacts, asked, { id: "agent" });
      return contacts.map(({ kind, state }) => `${kind} ${state}`);
    },
    head: async (of: "first" | "other" = "first") => {
      const { recentContacts, readers = [] } = await context.customers.get("t1", of === "first" ? customerId : other);
      return [recentContacts.map(({ state }) => state), readers.map(({ employeeId, until }) => [employeeId, until !== undefined])];
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

describe("a request that was opened before anybody knew who called", () => {
  it("stands with them once it is known, also when that is told twice", async () => {
    const { tell, shown, contacts, head } = await opened();
    await tell(1, "openedForNobody");
    expect([await shown(), await contacts()]).toEqual([[], []]);
    await tell(2, "linked");
    await tell(2, "linked");
    expect([await shown(), await contacts()]).toEqual([[["r1", "high"]], ["request opened"]]);
    expect(await head()).toEqual([["opened"], [["e1", false]]]);
  });

  it("and resolved meanwhile is in their history alone", async () => {
    const { tell, shown, contacts, head } = await opened();
    await tell(1, "openedForNobody");
    await tell(2, "resolved");
    await tell(3, "linked");
    expect([await shown(), await contacts()]).toEqual([[], ["request resolved"]]);
    expect(await head()).toEqual([["resolved"], [["e1", true]]]);
  });

  it("leaves whom the caller was taken for, and late news does not bring it back", async () => {
    const { tell, shown, contacts, head } = await opened();
    await tell(1, "opened");
    await tell(2, "linkedToOther");
    for (const again of [() => tell(1, "opened"), () => tell(2, "linkedToOther")]) {
      expect([await shown(), await shown(OTHER)]).toEqual([[], [["r1", "high"]]]);
      expect([await contacts(), await contacts("other")]).toEqual([[], ["request opened"]]);
      expect([await head(), await head("other")]).toEqual([
        [[], []],
        [["opened"], [["e1", false]]],
      ]);
      await again();
    }
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
