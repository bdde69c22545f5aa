import type { DescService } from "@bufbuild/protobuf";
import { createTokenSigner, createTokenVerifier, generateKeys, type TokenSigner } from "@trunkline/auth";
import { CustomerService } from "@trunkline/proto/customer";
import type { SessionService } from "@trunkline/proto/workforce";
import { type Client, type ClientOptions, createClient } from "./client.ts";
import { type Handlers, type Implementation, implement } from "./implement.ts";
import type { AuditEntry, ServeRpcOptions } from "./serve-options.ts";
import { type RpcServer, serveRpc } from "./server.ts";

/** For this package's own tests: a loopback server of the contract with handlers of the test. */
export const HOUR = 3_600_000;
export type CustomerHandlers = Handlers<typeof CustomerService, object>;

export const customerHandlers: CustomerHandlers = {
  changeCustomer: async () => ({}),
  findDuplicates: async () => ({}),
  createCustomer: async (_context, { name }) => ({ customer: { customerId: "c1", name } }),
  getCustomer: async (_context, { customerId }) => ({ customer: { customerId, name: "李娜" } }),
  identifyCaller: async () => ({}),
  searchCustomers: async () => ({}),
  listContacts: async () => ({}),
};

const nothing = async () => ({});
export const sessionHandlers: Handlers<typeof SessionService, object> = {
  logIn: nothing,
  renewSession: nothing,
  logOut: nothing,
  changePassword: nothing,
  listEndedSessions: nothing,
};

export type World = {
  readonly signers: Readonly<Record<string, TokenSigner>>;
  readonly verify: ReturnType<typeof createTokenVerifier>;
  /** The tokens of employees that were made here: a client of `serve` has the gateway carry them. */
  readonly users: ReadonlySet<string>;
  /** A token of an employee of tenant t1. */
  user(...roles: string[]): Promise<string>;
  /** The tokens of a client that has the gateway carry this user. */
  carried(userToken: string): Required<Pick<ClientOptions, "token" | "userToken">>;
  /** A service's own token. */
  service(name: string): Promise<string>;
};

/** Key pairs of workforce and some services; `stranger` has a key that nobody trusts. */
export async function openWorld(): Promise<World> {
  const { privateKeys, trusted } = await generateKeys(["workforce", "telephony", "gateway", "service-desk"]);
  const { privateKeys: untrusted } = await generateKeys(["stranger"]);
  const keys = Object.entries({ ...privateKeys, ...untrusted });
  const signers = Object.fromEntries(
    await Promise.all(keys.map(async ([name, key]) => [name, await createTokenSigner(name, key)] as const)),
  );
  const users = new Set<string>();
  const sign = (name: string, claims: Parameters<TokenSigner>[0]) => (signers[name] as TokenSigner)(claims);
  return {
    signers,
    verify: createTokenVerifier(trusted),
    users,
    user: async (...roles) => {
      const token = await sign("workforce", { subject: "e1", tenant: "t1", roles, ttlMs: HOUR, now: Date.now() });
      users.add(token);
      return token;
    },
    carried: (userToken) => ({
      token: () => sign("gateway", { subject: "gateway", ttlMs: HOUR, now: Date.now() }),
      userToken: async () => userToken,
    }),
    service: (name) => sign(name, { subject: name, ttlMs: HOUR, now: Date.now() }),
  };
}

export type Served = {
  readonly address: string;
  readonly audited: AuditEntry[];
  readonly logged: { readonly message: string; readonly fields: object }[];
  client<S extends DescService>(service: S, token?: string, deadlineMs?: number): Client<S>;
  customers(token?: string): Client<typeof CustomerService>;
} & RpcServer;

type Options = {
  readonly tls?: ServeRpcOptions["tls"];
  readonly checkSession?: ServeRpcOptions["checkSession"];
  readonly audit?: (entry: AuditEntry) => Promise<void>;
  readonly services?: readonly Implementation[];
  readonly port?: number;
  readonly reflection?: boolean;
  readonly near?: boolean;
};

/** Serves CustomerService (or what is given) on a free port, with clients that are closed with it. */
export async function serve(world: World, handlers: Partial<CustomerHandlers> = {}, options: Options = {}): Promise<Served> {
  const audited: AuditEntry[] = [];
  const logged: Served["logged"][number][] = [];
  const keep = (fields: object, message: string) => void logged.push({ message, fields });
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    await serveRpc({
      host: "127.0.0.1",
      tls: options.tls,
      port: options.port ?? 0,
      reflection: options.reflection ?? false,
      near: options.near ?? false,
      services: options.services ?? [implement(CustomerService, {}, { ...customerHandlers, ...handlers })],
      verifyToken: world.verify,
      checkSession: options.checkSession ?? (() => undefined),
      log: { debug: keep, info: keep, warn: keep, error: keep },
      now: () => Date.now(),
      audit: options.audit ?? (async (entry) => void audited.push(entry)),
    }),
  );
  const client: Served["client"] = (service, token, deadlineMs = 5_000) => {
    const carried = token !== undefined && world.users.has(token);
    const tokens = carried ? world.carried(token) : { token: token === undefined ? undefined : async () => token };
    return stack.use(createClient(service, { address: server.address, deadlineMs, ...tokens }));
  };
  return {
    address: server.address,
    audited,
    logged,
    client,
    customers: (token) => client(CustomerService, token),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What a call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<{ kind: string; code: string; message: string; details: object }> {
  try {
    await call;
  } catch (error) {
    const { kind, code, message, details } = error as { kind: string; code: string; message: string; details: object };
    return { kind, code, message, details };
  }
  throw new Error("the call was not refused");
}
