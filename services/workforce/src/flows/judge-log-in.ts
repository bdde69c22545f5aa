import { DomainError } from "@trunkline/errors";
import type { LogInRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { type Employee, issueToken, loginFailed, rememberAddress } from "../domain/employee.ts";
import { BY_ACCOUNT, BY_ACCOUNT_AND_ADDRESS, BY_ADDRESS } from "../domain/log-in-tries.ts";
import { addressHash, knownDevice } from "../stores/keyed-hash.ts";
import type { TryKey } from "../stores/log-in-tries.ts";
import { passwordFits } from "../stores/password.ts";
import { noteFailedLogIn } from "./note-failed-log-in.ts";

type Request = Pick<LogInRequest, "tenant" | "login" | "password" | "device">;

export function throttled(): DomainError {
  return new DomainError("exhausted", "account_locked", "too many wrong passwords: wait a minute");
}

/**
 * Says whether somebody may come in, and gives them their instant. An account that is not there, that was deactivated, and one with another
 * password cost the same and are answered alike; so are their tries counted.
 */
export async function judgeLogIn(context: Context, request: Request, call: CallContext): Promise<Employee> {
  const { employees, tries, turns, now } = context;
  const { tenant, login, password } = request;
  const employee = await employees.findByLogin(tenant, login);
  const keys = tryKeys(context, request, employee, call.address);
  const judged = async () => {
    const at = now();
    if (!(await tries.reserve(keys, at))) throw throttled();
    if (!(await passwordFits(password, employee?.passwordHash)) || !employee?.profile.active) throw loginFailed();
    await tries.release(keys, at);
    return letIn(context, tenant, employee, call);
  };
  // What comes of it is noted in the same turn: a flood writes no faster than it is judged. Who shows a known machine has one key.
  const noted = () => judged().catch(noteFailedLogIn(context, request, employee, call));
  return turns(noted, { first: keys.length === 1, signal: call.signal });
}

function letIn(context: Context, tenant: string, { id, passwordHash }: Employee, call: CallContext): Promise<Employee> {
  const { employees, now } = context;
  return employees.update({ ...call, tenant, actor: `employee/${id}` }, id, (current) => {
    // Decided on what is stored now: meanwhile the account may have been closed, or have got another password.
    if (!current.profile.active || current.passwordHash !== passwordHash) throw loginFailed();
    return issueToken(rememberAddress(current, addressHash(context.hash, call.address)), now());
  });
}

function tryKeys({ hash, now }: Context, { tenant, login, device }: Request, employee: Employee | undefined, address: string): TryKey[] {
  const machine = employee && knownDevice(hash, device, tenant, employee.id, now());
  if (employee && machine) return [{ id: hash("try", "device", tenant, employee.id, machine), limit: BY_ACCOUNT_AND_ADDRESS }];
  const from = addressHash(hash, address);
  const account = login.toLowerCase();
  const here: TryKey[] = [
    { id: hash("try", "account", tenant, account, from), limit: BY_ACCOUNT_AND_ADDRESS },
    { id: hash("try", "address", from), limit: BY_ADDRESS },
  ];
  // From where the account was used before, strangers elsewhere cannot use its tries up.
  if (from !== "" && employee?.knownAddresses.includes(from)) return here;
  return [...here, { id: hash("try", "account", tenant, account), limit: BY_ACCOUNT }];
}
