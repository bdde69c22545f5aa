import { setTimeout as delay } from "node:timers/promises";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { RequestService } from "@trunkline/proto/service-desk";
import { createClient } from "@trunkline/rpc";
import { carried } from "./carried.ts";
import type { Arena } from "./harness.ts";
import { insist } from "./insist.ts";
import { type Load, startLoad, type Tally } from "./load.ts";

/** Chains of calls under way at once. */
const WIDTH = 8;
const DEADLINE_MS = 3_000;
/** One request in so many comes from a new customer. */
const CUSTOMER_EVERY = 4;

/**
 * Opens requests, some of new customers, and assigns each once: until told to finish, and at least `atLeast` calls.
 * @param pauseMs between the requests of one chain
 */
export function startDeskLoad({ system, tenant, token, employeeId, log }: Arena, atLeast: number, pauseMs = 0): Load {
  const { rpc } = system.environments;
  const how = { ...carried(system, token), deadlineMs: DEADLINE_MS };
  const requests = createClient(RequestService, { address: rpc["service-desk"], ...how });
  const customers = createClient(CustomerService, { address: rpc.customer, ...how });
  const doing = async <T>(tally: Tally, call: () => Promise<T>): Promise<T> => {
    tally.offered += 1;
    const answer = await insist(call);
    tally.acknowledged += 1;
    return answer;
  };
  const createCustomer = async (tally: Tally, op: string, n: number) => {
    log({ op, kind: "customer", intent: true });
    const phones = [`+86137${String(10_000_000 + n)}`];
    const { customer } = await doing(tally, () =>
      customers.createCustomer({ requestId: op, kind: CustomerKind.PERSON, name: "王伟", phones }),
    );
    log({ op, kind: "customer", customerId: customer?.customerId ?? "" });
    return customer?.customerId ?? "";
  };
  const operation = async (tally: Tally, n: number) => {
    const op = `${tenant}-${n}`;
    const customerId = n % CUSTOMER_EVERY === 0 ? await createCustomer(tally, op, n) : "";
    log({ op, kind: "open", intent: true });
    const wanted = { requestId: op, customerId, type: "how_to", priority: "normal", subject: "drill", queueId: "quiet" } as const;
    const { request } = await doing(tally, () => requests.openRequest(wanted));
    const requestId = request?.requestId ?? "";
    log({ op, kind: "open", requestId });
    log({ op, kind: "assign", intent: true });
    await doing(tally, () => requests.assignRequest({ requestId, ownerId: employeeId }));
    log({ op, kind: "assign", requestId });
  };
  let begun = 0;
  const chain = async (tally: Tally) => {
    while (!tally.ending() || tally.offered < atLeast) {
      await operation(tally, begun++);
      await delay(pauseMs);
    }
  };
  return startLoad(Array(WIDTH).fill(chain), async () => {
    await Promise.all([requests, customers].map((client) => client[Symbol.asyncDispose]()));
  });
}
