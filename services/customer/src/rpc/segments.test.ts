import { describe, expect, it } from "@jest/globals";
import { CustomerKind, CustomerService, SegmentService } from "@trunkline/proto/customer";
import { openCustomers } from "../customer.test-support.ts";

const { createSegment, listSegmentMembers } = SegmentService.method;
const marketer = { id: "marketer" };

async function open() {
  return (await openCustomers(() => 1_000)).ask;
}

describe("a segment", () => {
  it("that was stored answers a repeated try, and refuses another one under the same request_id", async () => {
    const ask = await open();
    const body = { requestId: "11111111-1111-4111-8111-111111111111", name: "gold", filter: { grades: ["A"] } };
    const first = await ask(createSegment, body, marketer);
    expect((await ask(createSegment, body, marketer)).segment).toEqual(first.segment);
    await expect(ask(createSegment, { ...body, filter: { grades: ["B"] } }, marketer)).rejects.toMatchObject({
      kind: "already_exists",
      code: "request_id_reused",
    });
  });

  it("of everybody holds everybody, page after page", async () => {
    const ask = await open();
    for (const name of ["王伟", "李娜", "刘强"])
      await ask(CustomerService.method.createCustomer, { kind: CustomerKind.PERSON, name }, marketer);
    const { segment } = await ask(createSegment, { name: "all", filter: {} }, marketer);
    const seen: string[] = [];
    for (let pageToken = ""; ; ) {
      const page = await ask(listSegmentMembers, { segmentId: segment?.segmentId ?? "", pageSize: 2, pageToken }, marketer);
      seen.push(...page.members.map(({ name }) => name));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    expect(seen.toSorted()).toEqual(["刘强", "李娜", "王伟"].toSorted());
  });
});
