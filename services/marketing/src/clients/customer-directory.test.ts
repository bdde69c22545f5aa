import { describe, expect, it } from "@jest/globals";
import { serviceScope } from "@trunkline/runtime";
import { addressFor } from "../domain/address.ts";
import { customerDirectory } from "./customer-directory.ts";

const LANDLINE = "+861062345678";
const MOBILE = "+8613912345678";

describe("the number for SMS", () => {
  it.each([
    [[LANDLINE, MOBILE, "+8613912345679"], { to: MOBILE, reason: "" }],
    [[LANDLINE], { to: "", reason: "no_mobile_number" }],
    [[], { to: "", reason: "no_address" }],
  ])("of a customer with %j is the first mobile one", async (phones, address) => {
    const customer = { customerId: "c1", name: "", phones, emails: ["a@b.cn"], timeZone: "" };
    const directory = customerDirectory({
      customers: { getCustomer: async () => ({ customer }) as never },
      segments: { listSegmentMembers: async () => ({ members: [], nextPageToken: "" }) as never },
    });
    const found = await directory.customer(serviceScope("marketing", "t1", "test"), "c1");
    expect(addressFor("sms", found)).toEqual(address);
    expect(addressFor("email", found)).toEqual({ to: "a@b.cn", reason: "" });
  });
});
