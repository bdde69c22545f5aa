import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { FigureService } from "@trunkline/proto/analytics";
import { AssetService, CustomerService } from "@trunkline/proto/customer";
import { RecordService } from "@trunkline/proto/records";
import { CallbackTaskService, RequestQueueService, RequestService, SurveyService, WorkOrderService } from "@trunkline/proto/service-desk";
import { AgentSessionService, CallControlService, CallQueueService, CallService, RecordingService } from "@trunkline/proto/telephony";
import { CalendarService, EmployeeService, SessionService } from "@trunkline/proto/workforce";
import { currentSession, ofToken, setSession, tokenRefused } from "../session/session.ts";
import { errorCode } from "./error-text.ts";

const DEADLINE_MS = 15_000;

/** Refused with these, another token of the same session will do. */
const RENEWED = new Set(["token_expired", "token_stale"]);

/** The user's token on every call; one that has run out is renewed and the call made again, once; else it takes a new log-in. */
const withToken: Interceptor = (next) => async (request) => {
  const token = currentSession()?.token;
  if (token) request.header.set("authorization", `Bearer ${token}`);
  try {
    return await next(request);
  } catch (error) {
    if (!token || ConnectError.from(error).code !== Code.Unauthenticated || request.method === SessionService.method.renewSession)
      throw error;
    const why = errorCode(error);
    // Meanwhile there may be another one.
    const other = currentSession()?.token !== token || (RENEWED.has(why) && (await renewSession()));
    const renewed = currentSession()?.token;
    if (!other || !renewed) {
      tokenRefused(why);
      throw error;
    }
    request.header.set("authorization", `Bearer ${renewed}`);
    return next(request);
  }
};

let renewing: Promise<boolean> | undefined;

/** Another token for the session that goes on. @returns false where there is none now; where there will be none, a log-in is asked for */
export function renewSession(): Promise<boolean> {
  renewing ??= renew().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew(): Promise<boolean> {
  const before = currentSession();
  if (!before) return false;
  try {
    const { accessToken, mustChangePassword } = await sessions.renewSession({});
    // Who has logged out or in meanwhile keeps what is now.
    if (currentSession() === before) setSession({ ...before, mustChangePassword, ...ofToken(accessToken) });
    return true;
  } catch (error) {
    if (ConnectError.from(error).code === Code.Unauthenticated && currentSession() === before) tokenRefused(errorCode(error));
    return false;
  }
}

const transport = createConnectTransport({ baseUrl: location.origin, defaultTimeoutMs: DEADLINE_MS, interceptors: [withToken] });

export const sessions = createClient(SessionService, transport);
export const employees = createClient(EmployeeService, transport);
export const calendars = createClient(CalendarService, transport);
export const customers = createClient(CustomerService, transport);
export const assets = createClient(AssetService, transport);
export const requests = createClient(RequestService, transport);
export const requestQueues = createClient(RequestQueueService, transport);
export const workOrders = createClient(WorkOrderService, transport);
export const surveys = createClient(SurveyService, transport);
export const callbackTasks = createClient(CallbackTaskService, transport);
export const calls = createClient(CallService, transport);
export const recordings = createClient(RecordingService, transport);
export const callControl = createClient(CallControlService, transport);
export const agentSessions = createClient(AgentSessionService, transport);
export const callQueues = createClient(CallQueueService, transport);
export const records = createClient(RecordService, transport);
export const figures = createClient(FigureService, transport);
