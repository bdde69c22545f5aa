import { CallbackTaskService, RequestQueueService, RequestService, SurveyService, WorkOrderService } from "@trunkline/proto/service-desk";
import { type Implementation, implement } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { acceptRequest } from "./accept-request.ts";
import { acceptWorkOrder } from "./accept-work-order.ts";
import { answerSurvey } from "./answer-survey.ts";
import { assignRequest } from "./assign-request.ts";
import { claimCallbackTask } from "./claim-callback-task.ts";
import { completeCallbackTask } from "./complete-callback-task.ts";
import { completeWorkOrder } from "./complete-work-order.ts";
import { dispatchWorkOrder } from "./dispatch-work-order.ts";
import { getRequest } from "./get-request.ts";
import { getSurvey } from "./get-survey.ts";
import { getWorkOrder } from "./get-work-order.ts";
import { listCallbackTasks } from "./list-callback-tasks.ts";
import { listRequestQueues } from "./list-request-queues.ts";
import { listRequests } from "./list-requests.ts";
import { listSurveys } from "./list-surveys.ts";
import { listWorkOrders } from "./list-work-orders.ts";
import { logLabour } from "./log-labour.ts";
import { logPart } from "./log-part.ts";
import { openRequest } from "./open-request.ts";
import { putRequestQueue } from "./put-request-queue.ts";
import { redispatchWorkOrder } from "./redispatch-work-order.ts";
import { rejectWorkOrder } from "./reject-work-order.ts";
import { releaseCallbackTask } from "./release-callback-task.ts";
import { reopenCallbackTask } from "./reopen-callback-task.ts";
import { resolveRequest } from "./resolve-request.ts";
import { showSurvey } from "./show-survey.ts";
import { startWorkOrder } from "./start-work-order.ts";

/** Every RPC of this service. */
export function implementations(context: Context): Implementation[] {
  return [
    implement(RequestService, {
      openRequest: openRequest(context),
      getRequest: getRequest(context),
      listRequests: listRequests(context),
      assignRequest: assignRequest(context),
      acceptRequest: acceptRequest(context),
      resolveRequest: resolveRequest(context),
    }),
    implement(RequestQueueService, { putRequestQueue: putRequestQueue(context), listRequestQueues: listRequestQueues(context) }),
    implement(WorkOrderService, {
      dispatchWorkOrder: dispatchWorkOrder(context),
      redispatchWorkOrder: redispatchWorkOrder(context),
      getWorkOrder: getWorkOrder(context),
      listWorkOrders: listWorkOrders(context),
      acceptWorkOrder: acceptWorkOrder(context),
      rejectWorkOrder: rejectWorkOrder(context),
      startWorkOrder: startWorkOrder(context),
      logPart: logPart(context),
      logLabour: logLabour(context),
      completeWorkOrder: completeWorkOrder(context),
    }),
    implement(SurveyService, {
      getSurvey: getSurvey(context),
      listSurveys: listSurveys(context),
      showSurvey: showSurvey(context),
      answerSurvey: answerSurvey(context),
    }),
    implement(CallbackTaskService, {
      listCallbackTasks: listCallbackTasks(context),
      completeCallbackTask: completeCallbackTask(context),
      claimCallbackTask: claimCallbackTask(context),
      releaseCallbackTask: releaseCallbackTask(context),
      reopenCallbackTask: reopenCallbackTask(context),
    }),
  ];
}
