import { aggregateContract } from "@trunkline/store/contract";
import { createEmployee } from "../domain/employee.ts";
import { PROFILE } from "../workforce.test-support.ts";
import { employeeTopic, openEmployeeStore } from "./employee-store.ts";

const rest = { departmentId: "", base: undefined, calendarId: "", managerId: "", dailyCapacity: 4 };
aggregateContract("employee", {
  open: openEmployeeStore,
  topic: employeeTopic,
  created: (id, at) => createEmployee({ id, login: `li.${id}`, name: "李娜", passwordHash: "hash", profile: { ...PROFILE, ...rest } }, at),
  by: "createdAt",
  personal: ["li.", "李娜", "hash"],
});
