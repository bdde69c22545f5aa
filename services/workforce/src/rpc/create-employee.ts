import { DomainError } from "@trunkline/errors";
import { createId } from "@trunkline/mongo";
import type { EmployeeService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { createEmployee as create } from "../domain/employee.ts";
import { hashPassword } from "../stores/password.ts";
import { fromProfileMessage, toMessage } from "./employee-message.ts";

export function createEmployee({ employees, now }: Context): Handlers<typeof EmployeeService>["createEmployee"] {
  return async ({ login, name, password, profile }, call) => {
    if (!profile) throw new DomainError("invalid", "field_invalid", "profile: is required", { field: "profile" });
    const id = createId(call, now());
    const passwordHash = await hashPassword(password);
    const employee = await employees.create(
      call,
      id,
      create({ id, login, name, passwordHash, profile: fromProfileMessage(profile) }, now()),
    );
    return { employee: toMessage(employee) };
  };
}
