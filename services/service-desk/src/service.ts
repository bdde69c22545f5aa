import { CustomerService } from "@trunkline/proto/customer";
import { MessageService } from "@trunkline/proto/marketing";
import { CallbackTaskService, RequestQueueService, RequestService, SurveyService, WorkOrderService } from "@trunkline/proto/service-desk";
import { CallService } from "@trunkline/proto/telephony";
import { type Implementation, implement } from "@trunkline/rpc";
import { repeat } from "@trunkline/runtime";
import { openPlatform, type Platform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { openLease } from "@trunkline/store";
import { createTimers, noHints, redisHints, type Timers } from "@trunkline/timers";
import { callReader, READ_DEADLINE_MS } from "./clients/call-reader.ts";
import { CHECK_DEADLINE_MS, customerCheck } from "./clients/customer-check.ts";
import { SEND_DEADLINE_MS, surveySender } from "./clients/survey-sender.ts";
import type { ServiceDeskConfig } from "./config.ts";
import { subscriptions } from "./consumers/subscriptions.ts";
import type { Context } from "./context.ts";
import { numberRequests } from "./flows/number-requests.ts";
import { reconcileWorkloads } from "./flows/reconcile-workloads.ts";
import { acceptRequest } from "./rpc/accept-request.ts";
import { acceptWorkOrder } from "./rpc/accept-work-order.ts";
import { answerSurvey } from "./rpc/answer-survey.ts";
import { assignRequest } from "./rpc/assign-request.ts";
import { claimCallbackTask } from "./rpc/claim-callback-task.ts";
import { completeCallbackTask } from "./rpc/complete-callback-task.ts";
import { completeWorkOrder } from "./rpc/complete-work-order.ts";
import { dispatchWorkOrder } from "./rpc/dispatch-work-order.ts";
import { getRequest } from "./rpc/get-request.ts";
import { getSurvey } from "./rpc/get-survey.ts";
import { getWorkOrder } from "./rpc/get-work-order.ts";
import { listCallbackTasks } from "./rpc/list-callback-tasks.ts";
import { listRequestQueues } from "./rpc/list-request-queues.ts";
import { listRequests } from "./rpc/list-requests.ts";
import { listSurveys } from "./rpc/list-surveys.ts";
import { listWorkOrders } from "./rpc/list-work-orders.ts";
import { logLabour } from "./rpc/log-labour.ts";
import { logPart } from "./rpc/log-part.ts";
import { openRequest } from "./rpc/open-request.ts";
import { putRequestQueue } from "./rpc/put-request-queue.ts";
import { redispatchWorkOrder } from "./rpc/redispatch-work-order.ts";
import { rejectWorkOrder } from "./rpc/reject-work-order.ts";
import { releaseCallbackTask } from "./rpc/release-callback-task.ts";
import { reopenCallbackTask } from "./rpc/reopen-callback-task.ts";
import { resolveRequest } from "./rpc/resolve-request.ts";
import { showSurvey } from "./rpc/show-survey.ts";
import { startWorkOrder } from "./rpc/start-work-order.ts";
import { callbackTaskTopic } from "./stores/callback-task-store.ts";
import { openStores } from "./stores/open-stores.ts";
import { requestTopic } from "./stores/request-store.ts";
import { surveyTopic } from "./stores/survey-store.ts";
import { workOrderTopic } from "./stores/work-order-store.ts";
import { surveyTokens } from "./survey-tokens.ts";
import { timerSources } from "./timers/sources.ts";

export type ServiceDesk = RunningService & {
  /** Fires at once whatever is due by now, also what that makes due; how many. For tests that move the clock. */
  readonly fireDue: () => Promise<number>;
};

/** How long somebody may wait for a calendar or employee that was saved a moment ago and comes over a topic. */
const COPY_WAIT_MS = 2_000;
const NUMBER_EVERY_MS = 2_000;
const RECONCILE_EVERY_MS = 5_000;

export async function startServiceDesk(config: ServiceDeskConfig, overrides: PlatformOverrides = {}): Promise<ServiceDesk> {
  let timers: Timers | undefined;
  const topics = [requestTopic, workOrderTopic, surveyTopic, callbackTaskTopic];
  const running = await openPlatform("service-desk", topics, config, overrides, async (platform) => {
    const opened = await openTimers(platform, config);
    timers = opened;
    const context = await openContext(platform, config, opened);
    platform.stack.use(
      repeat({
        what: "holding visits against their work orders",
        everyMs: RECONCILE_EVERY_MS,
        work: () => reconcileWorkloads(context),
        log: platform.log,
      }),
    );
    opened.start(timerSources(context));
    platform.keep(context.requests, config.requestDays);
    platform.keep(context.workOrders, config.workOrderDays);
    // Taken in the call that completes the visit.
    platform.keep(context.signatures, config.workOrderDays);
    platform.keep(context.surveys, config.surveyDays);
    platform.keep(context.callbackTasks, config.callbackTaskDays);
    await platform.consume(subscriptions(context));
    await platform.serve(entrances(context));
  });
  return { ...running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](), fireDue: async () => (await timers?.fireDue()) ?? 0 };
}

async function openTimers({ backend, instance, now, log, stack }: Platform, { redisUrl, topicPrefix }: ServiceDeskConfig): Promise<Timers> {
  const lease = stack.use(await openLease(backend, { service: "service-desk", name: "timers", owner: instance, now }));
  const hints = stack.use(redisUrl === "" ? noHints : await redisHints(redisUrl, `${topicPrefix}service-desk.timers`, log));
  return stack.use(createTimers({ lease, hints, now, log }));
}

async function openContext(
  { backend, client, newId, now, log, stack }: Platform,
  config: ServiceDeskConfig,
  timers: Timers,
): Promise<Context> {
  const stores = await openStores(backend, timers.arm, COPY_WAIT_MS);
  const numbering = stack.use(
    repeat({ what: "numbering requests", everyMs: NUMBER_EVERY_MS, work: () => numberRequests({ ...stores, now, log }), log }),
  );
  return {
    ...stores,
    sendSurvey: surveySender(client(MessageService, config.marketingAddress, SEND_DEADLINE_MS)),
    readCall: callReader(client(CallService, config.telephonyAddress, READ_DEADLINE_MS)),
    checkCustomer: customerCheck(client(CustomerService, config.customerAddress, CHECK_DEADLINE_MS)),
    surveyTokens: surveyTokens(config.surveySecret, config.surveyLinkBase),
    surveyLanguage: config.surveyLanguage,
    nudgeNumbering: () => numbering.nudge(),
    now,
    newId,
    log,
  };
}

/** Every RPC of this service. */
export function entrances(context: Context): Implementation[] {
  return [
    implement(RequestService, context, { openRequest, getRequest, listRequests, assignRequest, acceptRequest, resolveRequest }),
    implement(RequestQueueService, context, { putRequestQueue, listRequestQueues }),
    implement(WorkOrderService, context, {
      dispatchWorkOrder,
      redispatchWorkOrder,
      getWorkOrder,
      listWorkOrders,
      acceptWorkOrder,
      rejectWorkOrder,
      startWorkOrder,
      logPart,
      logLabour,
      completeWorkOrder,
    }),
    implement(SurveyService, context, { getSurvey, listSurveys, showSurvey, answerSurvey }),
    implement(CallbackTaskService, context, {
      listCallbackTasks,
      completeCallbackTask,
      claimCallbackTask,
      releaseCallbackTask,
      reopenCallbackTask,
    }),
  ];
}
