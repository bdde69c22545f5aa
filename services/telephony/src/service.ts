import { createHmac } from "node:crypto";
import { CustomerService } from "@trunkline/proto/customer";
import { ContactPolicyService } from "@trunkline/proto/marketing";
import {
  AgentSessionService,
  CallControlService,
  CallQueueService,
  CallService,
  LineService,
  RecordingService,
  WebhookService,
} from "@trunkline/proto/telephony";
import { type Implementation, implement } from "@trunkline/rpc";
import type { Logger } from "@trunkline/runtime";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { callerLookup } from "./clients/caller-lookup.ts";
import { contactGate, GATE_DEADLINE_MS } from "./clients/contact-gate.ts";
import { customerDirectory } from "./clients/customer-directory.ts";
import { lineOwners } from "./clients/line-owners.ts";
import type { TelephonyConfig } from "./config.ts";
import { actionsOn } from "./connector-config.ts";
import { openRecordings } from "./connectors/ari/recordings.ts";
import { openConnectors, openLeases } from "./connectors/open-connectors.ts";
import { onAgentSessionEvent } from "./consumers/on-agent-session-event.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import { onCallbackTaskEvent } from "./consumers/on-callback-task-event.ts";
import type { Context } from "./context.ts";
import { openDistributor } from "./flows/distributor.ts";
import { recordAnswered } from "./flows/record-call.ts";
import { openBoards } from "./realtime/boards.ts";
import { desktopHooks, followSignOuts } from "./realtime/desktop-hooks.ts";
import { openDesktopHub } from "./realtime/desktop-hub.ts";
import { frameSeal } from "./realtime/frame-seal.ts";
import { lateFrames } from "./realtime/late-frames.ts";
import type { Mailbox } from "./realtime/mailbox.ts";
import { memoryMailbox } from "./realtime/memory-mailbox.ts";
import { openPops } from "./realtime/pops.ts";
import { changeMyMode } from "./rpc/change-my-mode.ts";
import { controlCall } from "./rpc/control-call.ts";
import { explainCall } from "./rpc/explain-call.ts";
import { extendWrapUp } from "./rpc/extend-wrap-up.ts";
import { finishWrapUp } from "./rpc/finish-wrap-up.ts";
import { forceMode } from "./rpc/force-mode.ts";
import { getCall } from "./rpc/get-call.ts";
import { getCallQueue } from "./rpc/get-call-queue.ts";
import { getMySession } from "./rpc/get-my-session.ts";
import { getRecording } from "./rpc/get-recording.ts";
import { linkCaller } from "./rpc/link-caller.ts";
import { listCallQueues } from "./rpc/list-call-queues.ts";
import { listCalls } from "./rpc/list-calls.ts";
import { listColleagueStates } from "./rpc/list-colleague-states.ts";
import { listSessions } from "./rpc/list-sessions.ts";
import { listenIn } from "./rpc/listen-in.ts";
import { orderLine } from "./rpc/order-line.ts";
import { passWebhook } from "./rpc/pass-webhook.ts";
import { placeCall } from "./rpc/place-call.ts";
import { previewCallQueue } from "./rpc/preview-call-queue.ts";
import { putCallQueue } from "./rpc/put-call-queue.ts";
import { readRecording } from "./rpc/read-recording.ts";
import { takeWebhook } from "./rpc/take-webhook.ts";
import { agentSessionTopic } from "./stores/agent-session-store.ts";
import { callTopic } from "./stores/call-store.ts";
import { openStores } from "./stores/open-stores.ts";
import { runTimers } from "./timers.ts";

/** What another instance does on its connection. */
const ORDER_MS = 5_000;

export type RunningTelephony = RunningService & { readonly desktopPort: number };

export async function startTelephony(config: TelephonyConfig, overrides: PlatformOverrides = {}): Promise<RunningTelephony> {
  let desktopPort = 0;
  const service = await openPlatform("telephony", [callTopic, agentSessionTopic], config, overrides, async (platform) => {
    const mailbox = platform.stack.use(await openMailbox(config, platform.log));
    const frames = platform.stack.use(lateFrames(mailbox, platform.log));
    const { customerAddress, identifyDeadlineMs, connectors } = config;
    const customers = platform.client(CustomerService, customerAddress, identifyDeadlineMs);
    const callers = platform.stack.use(callerLookup(customers, identifyDeadlineMs, platform.log));
    const stores = await openStores({ ...platform, wrapUpLimitMs: config.wrapUpLimitMs }, platform.stack);
    const { leases, ...owners } = await openLeases(config, platform);
    const lines: Context["lines"] = new Map();
    const context: Context = {
      ...stores,
      lines,
      ...lineOwners({ ...owners, lines, connect: (address) => platform.client(LineService, address, ORDER_MS) }),
      connectors,
      recordings: platform.stack.use(openRecordings(connectors)),
      callers,
      customers: customerDirectory(customers),
      mayCall: contactGate(platform.client(ContactPolicyService, config.marketingAddress, GATE_DEADLINE_MS)),
      pops: openPops({ callers, mailbox: frames, agents: stores.agents, actionsOn: (id) => actionsOn(connectors, id), log: platform.log }),
      hashNumber: (e164) => createHmac("sha256", config.numberHashKey).update(e164).digest("base64url"),
      now: platform.now,
      log: platform.log,
    };
    const guard = await platform.sessions();
    platform.stack.use(followSignOuts(context, guard));
    const verify = (token: string) => platform.verifyToken(token, platform.now());
    const origins = config.desktopOrigins.split(",").filter((origin) => origin !== "");
    const hub = platform.stack.use(
      await openDesktopHub(
        { host: config.desktopHost, port: config.desktopPort },
        origins,
        desktopHooks(context, mailbox, platform.stack.use(openBoards(context)), verify, guard),
      ),
    );
    desktopPort = hub.port;
    platform.keep(context.calls, config.callDays);
    await platform.consume([
      context.agents.subscription,
      context.calendars.subscription,
      onCallEvent(context, frames),
      onAgentSessionEvent(context, frames),
      onCallbackTaskEvent(context, mailbox),
    ]);
    await platform.serve(entrances(context));
    platform.stack.use(recordAnswered(context));
    await runTimers(context, platform);
    await openConnectors(leases, context, platform, (exchange, line, arrivals) => openDistributor(context, exchange, line, arrivals));
  });
  return { ...service, desktopPort };
}

async function openMailbox({ redisUrl, topicPrefix, numberHashKey }: TelephonyConfig, log: Logger): Promise<Mailbox> {
  if (redisUrl === "") return memoryMailbox();
  const { redisMailbox } = await import("./realtime/redis-mailbox.ts");
  return redisMailbox(redisUrl, topicPrefix, frameSeal(numberHashKey), log);
}

function entrances(context: Context): Implementation[] {
  return [
    implement(CallService, context, { getCall, listCalls, linkCaller, finishWrapUp, extendWrapUp }),
    implement(CallControlService, context, { placeCall, controlCall, listenIn }),
    implement(RecordingService, context, { getRecording, readRecording }),
    implement(LineService, context, { orderLine, passWebhook }),
    implement(WebhookService, context, { takeWebhook }),
    implement(AgentSessionService, context, { getMySession, changeMyMode, listSessions, listColleagueStates, forceMode }),
    implement(CallQueueService, context, { putCallQueue, getCallQueue, listCallQueues, previewCallQueue, explainCall }),
  ];
}
