import { choice, date, EVERYTHING, email, instant, kind, link, longText, money, phone, text } from "@trunkline/records";

const REASONS = {
  no_need: ["没有需求", "No need"],
  no_budget: ["没有预算", "No budget"],
  competitor: ["选择了竞争对手", "Chose a competitor"],
  unreachable: ["联系不上", "Cannot be reached"],
  duplicate: ["重复", "Duplicate"],
} as const;

/** Somebody who may become a customer (线索): found, contacted, recognised by the supervisor, and then a customer, or let go with a reason. */
export const lead = kind("lead", {
  label: ["线索", "Lead"],
  plural: "leads",
  number: "L",
  fields: {
    name: text(["姓名或公司", "Name or company"], { required: true, personal: true, search: "name" }),
    phones: phone(["电话", "Telephone"], { many: 5 }),
    emails: email(["邮箱", "E-mail"], { many: 5 }),
    source: choice(["来源", "Source"], {
      call: ["来电", "Call"],
      website: ["网站", "Website"],
      exhibition: ["展会", "Exhibition"],
      referral: ["转介绍", "Referral"],
      advertisement: ["广告", "Advertisement"],
      other: ["其他", "Other"],
    }),
    interest: text(["意向产品", "Interested in"]),
    expectedValue: money(["预计金额", "Expected value"], { min: 0 }),
    expectedOn: date(["预计成交日", "Expected on"]),
    nextContactAt: instant(["下次联系", "Next contact"]),
    customer: link(["客户", "Customer"], "customer"),
    discardReason: choice(["放弃原因", "Why discarded"], REASONS),
    notes: longText(["备注", "Notes"], { personal: true }),
  },
  states: {
    new: ["新线索", "New"],
    contacted: ["已联系", "Contacted"],
    recognised: ["已确认", "Recognised"],
    converted: ["已转客户", "Converted"],
    discarded: ["已放弃", "Discarded"],
  },
  actions: {
    contact: {
      label: ["记录联系", "Log a contact"],
      from: ["new", "contacted"],
      to: "contacted",
      asks: {
        result: text(["联系结果", "What came of it"], { required: true, max: 500, personal: true }),
        nextContactAt: instant(["下次联系", "Next contact"]),
      },
    },
    recognise: {
      label: ["确认", "Recognise"],
      from: ["new", "contacted"],
      to: "recognised",
      needs: ["phones", "source"],
      right: "recognise",
    },
    convert: {
      label: ["转为客户", "Convert"],
      from: ["recognised"],
      to: "converted",
      asks: { customer: link(["客户", "Customer"], "customer", { required: true }) },
    },
    discard: {
      label: ["放弃", "Discard"],
      from: ["new", "contacted", "recognised"],
      to: "discarded",
      asks: {
        discardReason: choice(["放弃原因", "Why discarded"], REASONS, { required: true }),
      },
    },
    reopen: {
      label: ["重新跟进", "Follow up again"],
      from: ["discarded"],
      to: "contacted",
      run: () => ({ discardReason: undefined }),
    },
  },
  access: {
    agent: { scope: "own", may: ["read", "create", "write", "act"] },
    marketer: { scope: "own", may: ["read", "create", "write", "act"] },
    supervisor: { scope: "all", may: [...EVERYTHING, "recognise"] },
    // Sets its fields, and sees nobody's.
    admin: { scope: "own", may: ["read"] },
  },
  list: {
    columns: ["number", "name", "source", "state", "ownerId", "nextContactAt", "createdAt"],
    sortable: ["name", "nextContactAt", "expectedValue", "expectedOn"],
  },
});
