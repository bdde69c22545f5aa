import { aggregateContract } from "@trunkline/store/contract";
import { openTask } from "../domain/callback-task.ts";
import { always, queue } from "../domain/given.test-support.ts";
import { openRequest } from "../domain/open-request.ts";
import { invite } from "../domain/survey.ts";
import { openWorkOrder } from "../domain/work-order.ts";
import { callbackTaskTopic, openCallbackTaskStore } from "./callback-task-store.ts";
import { openRequestStore, requestTopic } from "./request-store.ts";
import { openSurveyStore, surveyTopic } from "./survey-store.ts";
import { openWorkOrderStore, workOrderTopic } from "./work-order-store.ts";

const asked = { type: "repair", priority: "", subject: "The pump leaks", description: "by the stairs", customerId: "c1", callId: "" };
aggregateContract("request", {
  open: openRequestStore,
  topic: requestTopic,
  created: (id, at) => openRequest({ id, ...asked }, queue(), always, { at, by: "employee/agent" }),
  by: "openedAt",
  personal: ["The pump leaks", "by the stairs"],
});

const visit = { requestId: "r1", customerId: "c1", requiredSkills: [], regionCode: "33", latitude: 0, longitude: 0 };
aggregateContract("work_order", {
  open: openWorkOrderStore,
  topic: workOrderTopic,
  created: (id, at) => openWorkOrder({ id, ...visit, windowFrom: at + 1, windowTo: at + 2 }, at),
  by: "createdAt",
});

aggregateContract("survey", {
  open: openSurveyStore,
  topic: surveyTopic,
  created: (id, at) => invite({ id, requestId: "r1", customerId: "c1", employeeId: "e1" }, at),
  by: "invitedAt",
});

aggregateContract("callback_task", {
  open: openCallbackTaskStore,
  topic: callbackTaskTopic,
  created: (id, at) => openTask({ id, number: `+861390000000${id.charCodeAt(0)}`, customerId: "", callId: "call", reason: "missed" }, at),
  by: "openedAt",
  personal: ["+861390000000"],
});
