/** Whose records a reader meets: their own (what names them), or all of the tenant. Stores filter by it. */
export type DataScope = "own" | "all";

/** Who calls, as a verified token says it. */
export type Principal = {
  readonly kind: "employee" | "service";
  readonly id: string;
  /** A service's token is for every tenant; it names the one it acts for beside each call. */
  readonly tenant: string | undefined;
  readonly permissions: ReadonlySet<string>;
  readonly dataScope: DataScope;
  /** Epoch seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** The employee whose own records alone may be read; undefined: everybody's. */
export function viewerOf({ dataScope, id }: Pick<Principal, "dataScope" | "id">): string | undefined {
  return dataScope === "own" ? id : undefined;
}

/** Whether the principal may call a method that declares this permission. */
export function allows(principal: Principal, permission: string): boolean {
  return permission === "public" || permission === "authenticated" || principal.permissions.has(permission);
}
