import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { on, type Subscription, type Topic, topic } from "@trunkline/events";
import { MessageEventSchema } from "@trunkline/proto/marketing";
import { CallbackTaskEventSchema, RequestEventSchema, SurveyEventSchema, WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import { AgentSessionEventSchema, CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import type { Fact, FactChange, Kind } from "../domain/fact.ts";
import { agentStateChange } from "./agent-change.ts";
import { takeCallEvent } from "./take-call-event.ts";
import type { Told } from "./told.ts";
import * as change from "./work-change.ts";

type Memory = Fact["memory"];

/** Every topic becomes facts in the same way; what differs is how an event changes its fact and what the fact counts. */
export function factSubscriptions({ facts, now }: Context): Subscription[] {
  const factsOf = <E extends DescMessage>(
    kind: Kind,
    from: Topic<E>,
    changeOf: (told: Told<MessageShape<E>>, memory: Memory) => FactChange,
  ) =>
    on(
      from,
      async ({ event, at, id, sequence, scope }) =>
        void (await facts.apply(scope.tenant, kind, id, sequence, now(), (memory) => changeOf({ event, at }, memory))),
    );
  return [
    on(topic("telephony.call", CallEventSchema), ({ event, at, id, sequence, scope }) =>
      takeCallEvent(facts, { tenant: scope.tenant, id, sequence, now: now() }, { event, at }),
    ),
    // Each change closes one state: a fact of its own, for an agent's states never end.
    on(
      topic("telephony.agent_session", AgentSessionEventSchema),
      ["stateChanged"],
      async ({ event, at, id, sequence, scope }) =>
        void (await facts.apply(scope.tenant, "agent_state", `${id}/${sequence}`, 1, now(), () => agentStateChange({ event, at }))),
    ),
    factsOf("request", topic("service_desk.request", RequestEventSchema), change.requestChange),
    factsOf("work_order", topic("service_desk.work_order", WorkOrderEventSchema), change.workOrderChange),
    factsOf("survey", topic("service_desk.survey", SurveyEventSchema), change.surveyChange),
    factsOf("callback", topic("service_desk.callback_task", CallbackTaskEventSchema), change.callbackChange),
    factsOf("message", topic("marketing.message", MessageEventSchema), change.messageChange),
  ];
}
