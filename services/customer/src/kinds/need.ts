import { address, choice, date, EVERYTHING, kind, link, longText, money, number, text } from "@trunkline/records";

/** What a customer wants to have (需求), until it is met or nothing comes of it. */
export const need = kind("need", {
  label: ["需求", "Need"],
  plural: "needs",
  number: "N",
  fields: {
    subject: text(["需求内容", "What is needed"], { required: true, search: "name" }),
    customer: link(["客户", "Customer"], "customer", { required: true }),
    product: text(["产品", "Product"], { max: 100 }),
    quantity: number(["数量", "Quantity"], { min: 0, max: 1_000_000 }),
    budget: money(["预算", "Budget"], { min: 0 }),
    wantedBy: date(["期望日期", "Wanted by"]),
    urgency: choice(["紧急程度", "Urgency"], { high: ["高", "High"], normal: ["一般", "Normal"], low: ["低", "Low"] }),
    place: address(["地点", "Place"]),
    outcome: text(["结果说明", "What came of it"], { max: 500 }),
    notes: longText(["备注", "Notes"], { personal: true }),
  },
  states: { open: ["待处理", "Open"], offered: ["已报价", "Offered"], met: ["已满足", "Met"], dropped: ["已取消", "Dropped"] },
  actions: {
    offer: { label: ["报价", "Offer"], from: ["open"], to: "offered", needs: ["product"] },
    meet: {
      label: ["满足", "Meet"],
      from: ["open", "offered"],
      to: "met",
      asks: { outcome: text(["结果说明", "What came of it"], { max: 500 }) },
    },
    drop: {
      label: ["取消", "Drop"],
      from: ["open", "offered"],
      to: "dropped",
      asks: { outcome: text(["结果说明", "What came of it"], { required: true, max: 500 }) },
    },
    reopen: { label: ["重新打开", "Open again"], from: ["met", "dropped"], to: "open" },
  },
  access: {
    agent: { scope: "all", may: ["read", "create", "write", "act"] },
    marketer: { scope: "own", may: ["read", "create", "write", "act"] },
    supervisor: { scope: "all", may: EVERYTHING },
    // Sets its fields, and sees nobody's.
    admin: { scope: "own", may: ["read"] },
  },
  list: { columns: ["number", "subject", "customer", "urgency", "wantedBy", "state", "ownerId"], sortable: ["wantedBy", "budget"] },
});
