import { permissionsOf } from "@trunkline/auth/permissions";

/** The rooms of the console, in the order in which the header names them. */
export type View = "agent" | "board" | "calls" | "queues" | "records" | "staff" | "home";

/** Which rooms these roles have, and the one that opens first: nobody who can log in is left without. */
export function viewsOf({ roles }: { readonly roles: readonly string[] }): { readonly views: readonly View[]; readonly first: View } {
  const may = permissionsOf(roles);
  const supervises = may.has("call.supervise");
  const views: View[] = [];
  if (may.has("agent.desktop")) views.push("agent");
  if (supervises) views.push("board", "calls", "queues");
  if (may.has("record.use")) views.push("records");
  if (may.has("employee.write")) views.push("staff");
  if (views.length === 0 || may.has("work_order.work") || may.has("batch.write")) views.push("home");
  return { views, first: supervises ? "board" : may.has("agent.desktop") ? "agent" : may.has("employee.write") ? "staff" : "home" };
}
