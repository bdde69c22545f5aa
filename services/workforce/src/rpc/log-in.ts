import type { SessionService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { addressHash, judgeLogIn } from "../flows/judge-log-in.ts";
import { noteFailedLogIn } from "../flows/note-failed-log-in.ts";
import { signSession } from "../flows/session-tokens.ts";
import { sealDevice } from "../stores/keyed-hash.ts";

export function logIn(context: Context): Handlers<typeof SessionService>["logIn"] {
  return async (request, call) => {
    const { tenant } = request;
    const employee = await judgeLogIn(context, request, call).catch(noteFailedLogIn(context, request, call));
    const { id, name, lastTokenAt: at } = employee;
    const answer = await signSession(context, tenant, employee);
    const from = { correlation: call.correlation, address: addressHash(context, call.address), at };
    await context.logIns.succeeded({ tenant, object: id, actor: `employee/${id}`, ...from });
    return { ...answer, employeeId: id, name, device: sealDevice(context.hash, tenant, id, at) };
  };
}
