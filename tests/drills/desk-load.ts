import { setTimeout as delay } from "node:timers/promises";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { RequestService } from "@trunkline/proto/service-desk";
import { createClient } from "@trunkline/rpc";
import type { Arena } from "./harness.ts";
import { insist } from "./insist.ts";
import type { Load } from "./log.ts";

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
  const how = { token: async () => token, deadlineMs: DEADLINE_MS };
  const requests = createClient(RequestService, { address: rpc["service-desk"], ...how });
  const customers = createClient(CustomerService, { address: rpc.customer, ...how });
  let [offered, acknowledged] = [0, 0];
  const doing = async <T>(call: () => Promise<T>): Promise<T> => {
    offered += 1;
    const answer = await insist(call);
    acknowledged += 1;
    return answer;
  };
  const createCustomer = async (op: string, n: number) => {
    log({ op, kind: "customer", intent: true });
    const phones = [`+86137${String(10_000_000 + n)}`];
    const { customer } = await doing(() => customers.createCustomer({ requestId: op, kind: CustomerKind.PERSON, name: "王伟", phones }));
    log({ op, kind: "customer", customerId: customer?.customerId ?? "" });
    return customer?.customerId ?? "";
  };
  const operation = async (n: number) => {
    const op = `${tenant}-${n}`;
    const customerId = n % CUSTOMER_EVERY === 0 ? await createCustomer(op, n) : "";
    log({ op, kind: "open", intent: true });
    const wanted = { requestId: op, customerId, type: "how_to", priority: "normal", subject: "drill", queueId: "quiet" } as const;
    const { request } = await doing(() => requests.openRequest(wanted));
    const requestId = request?.requestId ?? "";
    log({ op, kind: "open", requestId });
    log({ op, kind: "assign", intent: true });
    await doing(() => requests.assignRequest({ requestId, ownerId: employeeId }));
    log({ op, kind: "assign", requestId });
  };
  let [begun, ending] = [0, false];
  const runner = async () => {
    while (!ending || offered < atLeast) {
      await operation(begun++);
      await delay(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: WIDTH }, runner));
  // Whoever waits for the end hears of a failure; until then it must not end the process.
  all.catch(() => undefined);
  return {
    offered: () => offered,
    acknowledged: () => acknowledged,
    finish: async () => {
      ending = true;
      await all;
      await Promise.all([requests, customers].map((client) => client[Symbol.asyncDispose]()));
    },
  };
}
