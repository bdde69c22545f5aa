import type { DescService } from "@bufbuild/protobuf";
import { createServiceToken, createTokenSigner, createTokenVerifier, generateKeys } from "@trunkline/auth";
import { CustomerService } from "@trunkline/proto/customer";
import { EmployeeService, SessionService } from "@trunkline/proto/workforce";
import { type AuditEntry, createClient, type Implementation, implement, type ServeRpcOptions, serveRpc } from "@trunkline/rpc";
import { type AuditRow, followEndedSessions } from "@trunkline/service";
import { memoryBackend, type StoreBackend } from "@trunkline/store";
import { createFirstAdmins } from "./first-admins.ts";
import { checkSession, entrances, openContext } from "./service.ts";

export const TENANT = "lanhai";
export const PASSWORD = "trunkline-demo";
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a profile says beside what a test is about. */
export const PROFILE = { active: true, roles: ["agent"], extension: "", skills: [], territories: [] };

const nothing = async () => ({});
const customers = {
  changeCustomer: nothing,
  createCustomer: nothing,
  findDuplicates: nothing,
  getCustomer: nothing,
  identifyCaller: nothing,
  searchCustomers: nothing,
  listContacts: nothing,
};

type Who = { readonly userToken?: string; readonly address?: string };

/** Servers and clients over gRPC whose keys know each other. */
async function openPeers(now: () => number, audited: AuditEntry[], stack: AsyncDisposableStack) {
  const { privateKeys, trusted } = await generateKeys(["workforce", "customer", "gateway"]);
  return {
    key: privateKeys["workforce"],
    serve: async (services: Implementation[], check: ServeRpcOptions["checkSession"]) => {
      const verifyToken = createTokenVerifier(trusted);
      const audit = async (entry: AuditEntry) => void audited.push(entry);
      const how = { host: "127.0.0.1", port: 0, verifyToken, checkSession: check, log: silent, now, audit };
      return stack.use(await serveRpc({ ...how, services })).address;
    },
    client: async <S extends DescService>(name: string, service: S, address: string) => {
      const token = createServiceToken(name, await createTokenSigner(name, privateKeys[name] ?? {}), now);
      return stack.use(createClient(service, { address, token, deadlineMs: 20_000 }));
    },
  };
}

/** Workforce, with its data in memory or where it is told, and another service over gRPC, on a clock that waits for us. */
export async function openWorkforce(given?: StoreBackend) {
  const stack = new AsyncDisposableStack();
  const world = { now: 1_700_000_000_000 };
  const now = () => world.now;
  const audited: AuditEntry[] = [];
  const peers = await openPeers(now, audited, stack);
  const backend = given ?? memoryBackend({ offer: () => true }, now);
  const audit = await backend.rows<AuditRow>({ name: "audit", indexes: [] });
  const context = await openContext({ serviceKey: peers.key, accessTokenMs: 600_000, sessionMs: 43_200_000 }, { backend, audit, now });
  await createFirstAdmins(context, [{ tenant: TENANT, login: "admin", password: PASSWORD, roles: ["supervisor"] }]);
  const address = await peers.serve(entrances(context), checkSession(context));
  const guard = stack.use(await followEndedSessions(await peers.client("customer", SessionService, address), now, silent));
  const other = await peers.serve([implement(CustomerService, {}, customers)], guard.check);
  const sessions = await peers.client("gateway", SessionService, address);
  const employees = await peers.client("gateway", EmployeeService, address);
  const logIn = (login: string, more: Who & { readonly password?: string; readonly device?: string; readonly tenant?: string } = {}) => {
    const { password = PASSWORD, device = "", tenant = TENANT, ...who } = more;
    return sessions.logIn({ tenant, login, password, device }, who);
  };
  return {
    world,
    context,
    audit,
    audited,
    sessions,
    employees,
    customers: await peers.client("gateway", CustomerService, other),
    /** What the other service does every two seconds. */
    poll: guard.refresh,
    logIn,
    as: async (login: string, more?: Parameters<typeof logIn>[1]) => ({ userToken: (await logIn(login, more)).accessToken }),
    hire: async (admin: Who, login: string, profile: object = {}, more: object = {}) => {
      const hired = { login, name: login, password: PASSWORD, profile: { ...PROFILE, ...profile }, ...more };
      const { employee } = await employees.createEmployee(hired, admin);
      return employee?.employeeId ?? "";
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The stable code with which a call was answered; ok. */
export const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
