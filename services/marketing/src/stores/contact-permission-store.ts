import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { ContactPermissionEventSchema } from "@trunkline/proto/marketing";
import type { CallScope } from "@trunkline/runtime";
import { changeOrCreate, type Decision, type StoreBackend } from "@trunkline/store";
import { type ContactPermission, noPermissionYet, type PermissionEvent } from "../domain/contact-permission.ts";

export const contactPermissionTopic = topic("marketing.contact_permission", ContactPermissionEventSchema);

export type ContactPermissionStore = {
  /** A person about whom nothing is known yet has an empty one. */
  find(tenant: string, customerId: string): Promise<ContactPermission>;
  /** As AggregateStore.update, also for a person about whom nothing is known yet. */
  change(
    scope: CallScope,
    customerId: string,
    decide: (permission: ContactPermission) => Decision<ContactPermission, PermissionEvent>,
  ): Promise<ContactPermission>;
};

export async function openContactPermissionStore(backend: StoreBackend): Promise<ContactPermissionStore> {
  const store = await backend.aggregates<ContactPermission, PermissionEvent, typeof ContactPermissionEventSchema>({
    name: "contact_permissions",
    noun: "contact_permission",
    indexes: [],
    topic: contactPermissionTopic,
    encode: (event) => caseOf(ContactPermissionEventSchema, event),
  });
  return {
    find: async (tenant, customerId) => (await store.find(tenant, customerId)) ?? noPermissionYet(customerId),
    change: (scope, customerId, decide) => changeOrCreate(store, "contact_permission", scope, noPermissionYet(customerId), decide),
  };
}
