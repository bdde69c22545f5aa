/** Who calls, as a verified token says it. */
export type Principal = {
  readonly kind: "employee" | "service";
  readonly id: string;
  /** A service's token is for every tenant; it names the one it acts for beside each call. */
  readonly tenant: string | undefined;
  readonly permissions: ReadonlySet<string>;
  /** Epoch seconds. */
  readonly expiresAt: number;
};

/** Whether the principal may call a method that declares this permission. */
export function allows(principal: Principal, permission: string): boolean {
  return permission === "public" || permission === "authenticated" || principal.permissions.has(permission);
}
