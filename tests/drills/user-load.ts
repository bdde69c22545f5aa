import { setTimeout as delay } from "node:timers/promises";
import { type Api, api } from "@trunkline/dev-env";
import type { Arena } from "./harness.ts";
import { type Load, startLoad, type Tally } from "./load.ts";

const USERS = 6;
const PAUSE_MS = 150;
const DAY_MS = 86_400_000;

/** One question to each service that only reads. */
const QUESTIONS: readonly (readonly [string, (number: string) => Record<string, unknown>])[] = [
  ["customer.v1.CustomerService/IdentifyCaller", (number) => ({ number })],
  ["workforce.v1.CalendarService/GetCalendar", () => ({ calendarId: "always" })],
  ["telephony.v1.CallService/ListCalls", () => ({ pageSize: 10 })],
  ["marketing.v1.TemplateService/GetTemplate", () => ({ templateId: "autumn-sms" })],
  [
    "analytics.v1.FigureService/GetFigures",
    () => ({ from: new Date(Date.now() - DAY_MS).toISOString(), to: new Date().toISOString(), figures: [] }),
  ],
];

export type UserLoad = Load & { readonly failed: () => number };

/**
 * People at the public API, who try nothing twice: each makes a customer, opens and assigns their request and asks something of every other
 * service, through whichever gateway is in service.
 * @param gateways those in service now, as a load balancer knows them
 */
export function startUserLoad(
  { tenant, token, employeeId, log }: Arena,
  gateways: ReadonlySet<string>,
  print: (line: string) => void,
): UserLoad {
  const apis = new Map<string, Api>();
  let [failed, turn, begun] = [0, 0, 0];
  const gateway = (): Api => {
    const all = [...gateways];
    const url = all[turn++ % all.length] as string;
    const known = apis.get(url) ?? api(url, token);
    apis.set(url, known);
    return known;
  };
  const ask = async <T extends Record<string, unknown>>(
    tally: Tally,
    method: string,
    body: Record<string, unknown>,
  ): Promise<T | undefined> => {
    tally.offered += 1;
    try {
      const answer = await gateway().call<T>(method, body);
      tally.acknowledged += 1;
      return answer;
    } catch (error) {
      failed += 1;
      print(`failed: ${method}: ${error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : String(error)}`);
      return undefined;
    }
  };
  const visit = async (tally: Tally, n: number) => {
    const op = `${tenant}-user-${n}`;
    const phone = `+86137${String(10_000_000 + n)}`;
    log({ op, kind: "customer", intent: true });
    const created = await ask<{ customer: { customerId: string } }>(tally, "customer.v1.CustomerService/CreateCustomer", {
      requestId: op,
      kind: "CUSTOMER_KIND_PERSON",
      name: "王伟",
      phones: [phone],
    });
    const customerId = created?.customer.customerId ?? "";
    if (created) log({ op, kind: "customer", customerId });
    log({ op, kind: "open", intent: true });
    const wanted = { requestId: op, customerId, type: "how_to", priority: "normal", subject: "drill", queueId: "quiet" };
    const opened = await ask<{ request: { requestId: string } }>(tally, "service_desk.v1.RequestService/OpenRequest", wanted);
    const requestId = opened?.request.requestId;
    if (requestId !== undefined) {
      log({ op, kind: "open", requestId });
      const assigned = await ask(tally, "service_desk.v1.RequestService/AssignRequest", { requestId, ownerId: employeeId });
      if (assigned) log({ op, kind: "assign", requestId });
    }
    for (const [method, body] of QUESTIONS) await ask(tally, method, body(phone));
  };
  const user = async (tally: Tally) => {
    while (!tally.ending()) {
      await visit(tally, begun++);
      await delay(PAUSE_MS);
    }
  };
  return { ...startLoad(Array(USERS).fill(user)), failed: () => failed };
}
