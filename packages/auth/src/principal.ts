/** Whose records a reader meets: their own (what names them), or all of the tenant. Stores filter by it. */
export type DataScope = "own" | "all";

/** Who calls, as a verified token says it. */
export type Principal = {
  readonly kind: "employee" | "service";
  readonly id: string;
  /** A service's token is for every tenant; it names the one it acts for beside each call. */
  readonly tenant: string | undefined;
  /** Of an employee; what they may do with records of a kind, the kind says by these. */
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<string>;
  readonly dataScope: DataScope;
  /** Of the token; epoch ms, as are all. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Of the session, from log-in to its latest end; a service's is its token's. */
  readonly sessionStart: number;
  readonly sessionEnd: number;
  /** The password is a temporary one: nothing but changing it is allowed. */
  readonly mustChangePassword: boolean;
};

/** What the holder of a session may do with it: renew or end it, change the own password. */
export const SESSION_OWN = "session.own";

/** The employee whose own records alone may be read; undefined: everybody's. */
export function viewerOf({ dataScope, id }: Pick<Principal, "dataScope" | "id">): string | undefined {
  return dataScope === "own" ? id : undefined;
}

/** Whether the principal may call a method that declares this permission. */
export function allows(principal: Principal, permission: string): boolean {
  if (permission === "public") return true;
  if (permission === SESSION_OWN) return principal.kind === "employee";
  return !principal.mustChangePassword && (permission === "authenticated" || principal.permissions.has(permission));
}
