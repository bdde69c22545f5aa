import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { FigureService } from "@trunkline/proto/analytics";
import { AssetService, CustomerService } from "@trunkline/proto/customer";
import { CallbackTaskService, RequestQueueService, RequestService, WorkOrderService } from "@trunkline/proto/service-desk";
import { AgentSessionService, CallControlService, CallQueueService, CallService, RecordingService } from "@trunkline/proto/telephony";
import { EmployeeService, SessionService } from "@trunkline/proto/workforce";
import { currentSession, tokenRefused } from "../session/session.ts";

const DEADLINE_MS = 15_000;

/** The user's token on every call; a refused one asks for a new log-in. */
const withToken: Interceptor = (next) => async (request) => {
  const token = currentSession()?.token;
  if (token) request.header.set("authorization", `Bearer ${token}`);
  try {
    return await next(request);
  } catch (error) {
    if (token && ConnectError.from(error).code === Code.Unauthenticated) tokenRefused();
    throw error;
  }
};

const transport = createConnectTransport({ baseUrl: location.origin, defaultTimeoutMs: DEADLINE_MS, interceptors: [withToken] });

export const sessions = createClient(SessionService, transport);
export const employees = createClient(EmployeeService, transport);
export const customers = createClient(CustomerService, transport);
export const assets = createClient(AssetService, transport);
export const requests = createClient(RequestService, transport);
export const requestQueues = createClient(RequestQueueService, transport);
export const workOrders = createClient(WorkOrderService, transport);
export const callbackTasks = createClient(CallbackTaskService, transport);
export const calls = createClient(CallService, transport);
export const recordings = createClient(RecordingService, transport);
export const callControl = createClient(CallControlService, transport);
export const agentSessions = createClient(AgentSessionService, transport);
export const callQueues = createClient(CallQueueService, transport);
export const figures = createClient(FigureService, transport);
