import { choice, date, EVERYTHING, email, kind, link, longText, phone, text, yesNo } from "@trunkline/records";

/** A person at a company that is a customer (联系人). */
export const contact = kind("contact", {
  label: ["联系人", "Contact"],
  plural: "contacts",
  fields: {
    name: text(["姓名", "Name"], { required: true, personal: true, search: "name" }),
    customer: link(["客户", "Customer"], "customer", { required: true }),
    title: text(["职务", "Position"], { max: 100 }),
    phones: phone(["电话", "Telephone"], { many: 5 }),
    emails: email(["邮箱", "E-mail"], { many: 5 }),
    decides: yesNo(["决策人", "Decides"]),
    prefers: choice(["偏好方式", "Prefers"], { call: ["电话", "Call"], sms: ["短信", "SMS"], email: ["邮件", "E-mail"] }),
    birthday: date(["生日", "Birthday"], { personal: true }),
    notes: longText(["备注", "Notes"], { personal: true }),
  },
  states: { active: ["在职", "Active"], left: ["已离职", "Has left"] },
  actions: {
    leave: { label: ["标记离职", "Has left"], from: ["active"], to: "left" },
    come_back: { label: ["恢复在职", "Is back"], from: ["left"], to: "active" },
  },
  access: {
    agent: { scope: "all", may: ["read", "create", "write", "act"] },
    masked_agent: { scope: "all", may: ["read"] },
    marketer: { scope: "own", may: ["read", "create", "write", "act"] },
    supervisor: { scope: "all", may: EVERYTHING },
    // Sets its fields, and sees nobody's.
    admin: { scope: "own", may: ["read"] },
  },
  list: { columns: ["name", "customer", "title", "phones", "state"], sortable: ["name"] },
});
