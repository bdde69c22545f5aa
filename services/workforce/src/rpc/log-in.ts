import type { LogInRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { judgeLogIn } from "../flows/judge-log-in.ts";
import { signSession } from "../flows/session-tokens.ts";
import { addressHash, sealDevice } from "../stores/keyed-hash.ts";

export async function logIn(context: Context, request: LogInRequest, call: CallContext) {
  const { hash, logIns } = context;
  const { tenant } = request;
  const employee = await judgeLogIn(context, request, call);
  const { id, name, lastTokenAt: at } = employee;
  const from = { correlation: call.correlation, address: addressHash(hash, call.address), at };
  const answer = await signSession(context, tenant, employee);
  await logIns.succeeded({ tenant, object: id, actor: `employee/${id}`, ...from });
  return { ...answer, employeeId: id, name, device: sealDevice(hash, tenant, id, at) };
}
