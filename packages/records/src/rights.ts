import type { Principal } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import type { AnyKind, Grant } from "./kind.ts";
import type { AnyRecord } from "./record.ts";

type Reader = Pick<Principal, "kind" | "id" | "roles">;
/** What a reader may do with a kind, and whose alone they see: undefined, everybody's. */
export type Rights = { readonly may: ReadonlySet<string>; readonly ownOf: string | undefined };

/** Roles add up: what one of them may, with the widest scope of them. */
export function rightsOn(kind: AnyKind, { id, roles }: Reader): Rights {
  const grants = roles.flatMap((role) => (Object.hasOwn(kind.access, role) ? [kind.access[role] as Grant] : []));
  return {
    may: new Set(grants.flatMap(({ may }) => may)),
    ownOf: grants.some(({ scope }) => scope === "all") ? undefined : id,
  };
}

/** @throws forbidden permission_denied, naming it; not_found kind_not_found for whoever may not even read it */
export function authorizeOn(kind: AnyKind, reader: Reader, right: string): Rights {
  const rights = rightsOn(kind, reader);
  if (!rights.may.has("read")) throw kindNotFound(kind.name);
  if (rights.may.has(right)) return rights;
  const permission = `${kind.name}.${right}`;
  throw new DomainError("forbidden", "permission_denied", `this needs the permission ${permission}`, { permission });
}

export function kindNotFound(name: string): DomainError {
  return new DomainError("not_found", "kind_not_found", `there is no kind ${name.slice(0, 60)}, or it is not yours to read`);
}

export function mayRead({ ownOf }: Rights, { ownerId, sharedWith }: AnyRecord): boolean {
  return ownOf === undefined || ownerId === ownOf || sharedWith.includes(ownOf);
}
