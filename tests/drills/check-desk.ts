import type { Evidence } from "./checker.ts";

/** Requests and customers: each acknowledged one is there once, assigned where that was acknowledged, and in the figures once. */
export async function checkDesk({ lines, read, lost, doubled }: Evidence): Promise<void> {
  const opened = new Set(lines.flatMap((line) => (line.kind === "open" && "requestId" in line ? [line.requestId] : [])));
  const assigned = new Set(lines.flatMap((line) => (line.kind === "assign" && "requestId" in line ? [line.requestId] : [])));
  const stored = await read("service-desk", "requests");
  lost([...opened].filter((id) => !stored.has(id)).length, "acknowledged requests are not in the database");
  lost([...assigned].filter((id) => stored.get(id)?.["state"] !== "assigned").length, "acknowledged assignments are not in the database");
  doubled(stored.size - intents(lines, "open"), "requests more than operations");

  const customers = await read("customer", "customers");
  const created = lines.flatMap((line) => (line.kind === "customer" && "customerId" in line ? [line.customerId] : []));
  lost(created.filter((id) => !customers.has(id)).length, "acknowledged customers are not in the database");
  doubled(created.length - new Set(created).size, "customers stand for two operations");

  const facts = await read("analytics", "facts");
  const assignments = (id: string) => (facts.get(`request/${id}`)?.["memory"] as Record<string, number> | undefined)?.["assignments"] ?? 0;
  lost([...stored.keys()].filter((id) => !facts.has(`request/${id}`)).length, "requests never reached the figures");
  lost([...assigned].filter((id) => assignments(id) === 0).length, "assignments never reached the figures");
  doubled(
    [...stored.keys()].reduce((sum, id) => sum + Math.max(0, assignments(id) - 1), 0),
    "assignments were counted twice",
  );
}

function intents(lines: Evidence["lines"], kind: "open"): number {
  return new Set(lines.flatMap((line) => (line.kind === kind && "intent" in line ? [line.op] : []))).size;
}
