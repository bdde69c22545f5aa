import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { topic } from "@trunkline/events";
import type { AggregateStore, StoreBackend } from "@trunkline/mongo";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";
import { Schema } from "mongoose";
import { announce, type Employee, type EmployeeEvent } from "../domain/employee.ts";
import { toProfileMessage } from "../rpc/employee-message.ts";

export const employeeTopic = topic("workforce.employee", EmployeeEventSchema, true);

export type EmployeeStore = AggregateStore<Employee, EmployeeEvent> & {
  findByLogin(tenant: string, login: string): Promise<Employee | undefined>;
};

const loginKey = (tenant: string, login: string) => `${tenant}/${login.toLowerCase()}`;

export async function openEmployeeStore(backend: StoreBackend): Promise<EmployeeStore> {
  const store = await backend.aggregates<Employee, EmployeeEvent, typeof EmployeeEventSchema>({
    name: "employees",
    noun: "employee",
    schema: new Schema({
      login: String,
      name: String,
      passwordHash: String,
      profile: Object,
      createdAt: Number,
      failedLogins: Number,
      lockedUntil: Number,
      signedOutAt: Number,
      loginKey: String,
    })
      .index({ loginKey: 1 }, { unique: true, sparse: true })
      .index({ tenant: 1, createdAt: 1, _id: 1 }),
    topic: employeeTopic,
    announce,
    encode: (id, event, recordedAt) => ({
      employeeId: id,
      occurredAt: timestampFromMs(event.at),
      recordedAt: timestampFromMs(recordedAt),
      event: { case: "changed", value: { profile: toProfileMessage(event.profile), signedOutAt: timestampFromMs(event.signedOutAt) } },
    }),
    derived: (tenant, employee) => ({ loginKey: loginKey(tenant, employee.login) }),
  });
  return {
    ...store,
    findByLogin: async (tenant, login) =>
      (await store.page(tenant, { loginKey: loginKey(tenant, login) }, { by: "createdAt", direction: 1, size: 1, token: "" })).items[0],
  };
}
