import { DomainError } from "@trunkline/errors";
import type { CallContext } from "@trunkline/rpc";
import { nextRevision } from "@trunkline/store";
import type { Context } from "../context.ts";
import { type Employee, isActiveAdmin, type Profile, updateProfile } from "../domain/employee.ts";
import { checkNewProfile } from "./check-new-profile.ts";

/** A tenant is never without an active administrator, also where two take the right from each other at once. */
export async function changeProfile(
  context: Context,
  call: CallContext,
  {
    id,
    name,
    profile,
    revision,
  }: { readonly id: string; readonly name: string; readonly profile: Profile; readonly revision: number | undefined },
): Promise<Employee> {
  const { employees, leavingAdmins, now } = context;
  const before = await employees.get(call.tenant, id);
  await checkNewProfile(context, call.tenant, id, profile, before.profile);
  const leaves = isActiveAdmin(before.profile) && !isActiveAdmin(profile);
  const change = () =>
    employees.update(call, id, (current) => {
      // Who has become one since then has not been asked about.
      if (!leaves && isActiveAdmin(current.profile) && !isActiveAdmin(profile)) {
        throw new DomainError("conflict", "write_conflict", "this employee is being changed by others: try again");
      }
      return updateProfile({ ...current, name: name || current.name, revision: nextRevision(current, revision) }, profile, now());
    });
  return leaves ? leavingAdmins(call.tenant, id, change) : change();
}
