import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { topic } from "@trunkline/events";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { openCustomers } from "../customer.test-support.ts";
import { onCallEvent } from "./on-call-event.ts";

const calls = topic("telephony.call", CallEventSchema);

async function trailAfter(...events: readonly { readonly case: string; readonly value: object }[]) {
  const { bus, ask } = await openCustomers(
    () => 1_000,
    (context) => [onCallEvent(context)],
  );
  const { customer } = await ask(CustomerService.method.createCustomer, { kind: CustomerKind.PERSON, name: "王伟" }, { id: "agent" });
  const customerId = customer?.customerId ?? "";
  for (const [n, { case: what, value }] of [...events, { case: "identified", value: { certainty: "sure", customerId } }].entries())
    await bus.publish(calls, "t1", "c1", n + 1, { occurredAt: timestampFromMs(50_000 + n), event: { case: what, value } as never });
  const { contacts } = await ask(CustomerService.method.listContacts, { customerId }, { id: "agent" });
  return contacts.map(({ kind, state, at, employeeId }) => ({ kind, state, employeeId, at: at && Number(at.seconds) }));
}

describe("a call in the customer's trail", () => {
  it("stands at the time of the first event that is heard of it, also when an agent called out", async () => {
    expect(await trailAfter({ case: "queued", value: { queue: "q" } })).toEqual([
      { kind: "call", state: "queued", employeeId: "", at: 50 },
    ]);
    expect(await trailAfter({ case: "placed", value: { employeeId: "e1" } })).toEqual([
      { kind: "call", state: "placed", employeeId: "e1", at: 50 },
    ]);
    expect(await trailAfter({ case: "answered", value: { employeeId: "e1" } })).toMatchObject([{ state: "answered", at: 50 }]);
    const reached = await trailAfter({ case: "placed", value: { employeeId: "e1" } }, { case: "answered", value: { employeeId: "e1" } });
    expect(reached).toMatchObject([{ state: "reached", employeeId: "e1", at: 50 }]);
    expect(await trailAfter()).toMatchObject([{ state: "", at: 50 }]);
  });
});
