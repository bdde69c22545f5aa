import { createHmac } from "node:crypto";
import { createTokenVerifier } from "@trunkline/auth";
import { CustomerService } from "@trunkline/proto/customer";
import { CallService } from "@trunkline/proto/telephony";
import { implement } from "@trunkline/rpc";
import { openPlatform, type Platform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { callerLookup } from "./clients/caller-lookup.ts";
import type { TelephonyConfig } from "./config.ts";
import { openAmiConnection } from "./connectors/ami-connection.ts";
import { factIntake } from "./connectors/fact-intake.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import { onEmployeeEvent } from "./consumers/on-employee-event.ts";
import type { Context } from "./context.ts";
import { desktopHooks } from "./realtime/desktop-hooks.ts";
import { openDesktopHub } from "./realtime/desktop-hub.ts";
import { memoryMailbox } from "./realtime/memory-mailbox.ts";
import { openPops } from "./realtime/pops.ts";
import { redisMailbox } from "./realtime/redis-mailbox.ts";
import { finishWrapUp } from "./rpc/finish-wrap-up.ts";
import { getCall } from "./rpc/get-call.ts";
import { linkCaller } from "./rpc/link-caller.ts";
import { listCalls } from "./rpc/list-calls.ts";
import { openAgentDirectory } from "./stores/agent-directory.ts";
import { callTopic, openCallStore } from "./stores/call-store.ts";
import { expireWrapUps } from "./timers.ts";

export type RunningTelephony = RunningService & { readonly desktopPort: number };

export async function startTelephony(config: TelephonyConfig, overrides: PlatformOverrides = {}): Promise<RunningTelephony> {
  let desktopPort = 0;
  const service = await openPlatform("telephony", [callTopic], config, overrides, async (platform) => {
    const mailbox = platform.stack.use(config.redisUrl === "" ? memoryMailbox() : await redisMailbox(config.redisUrl, platform.log));
    const callers = platform.stack.use(
      callerLookup(
        platform.client(CustomerService, config.customerAddress, config.identifyDeadlineMs),
        config.identifyDeadlineMs,
        platform.log,
      ),
    );
    const context: Context = {
      calls: await openCallStore(platform.backend),
      agents: await openAgentDirectory(platform.backend),
      callers,
      pops: openPops(callers, mailbox, platform.log),
      hashNumber: (e164) => createHmac("sha256", config.numberHashKey).update(e164).digest("base64url"),
      wrapUpLimitMs: config.wrapUpLimitMs,
      now: platform.now,
      log: platform.log,
    };
    const verify = createTokenVerifier(config.trustedKeys as never);
    const origins = config.desktopOrigins.split(",").filter((origin) => origin !== "");
    const hub = platform.stack.use(
      await openDesktopHub(
        config.desktopPort,
        origins,
        desktopHooks(context, mailbox, (token) => verify(token, platform.now())),
      ),
    );
    desktopPort = hub.port;
    await platform.consume([onEmployeeEvent(context), onCallEvent(context, mailbox)]);
    await platform.serve([
      implement(CallService, {
        getCall: getCall(context),
        listCalls: listCalls(context),
        linkCaller: linkCaller(context),
        finishWrapUp: finishWrapUp(context),
      }),
    ]);
    platform.stack.use(expireWrapUps(context));
    openConnectors(config, context, platform);
  });
  return { ...service, desktopPort };
}

/** An exchange that is away does not keep the service from starting: the connection comes when the exchange does. */
function openConnectors(config: TelephonyConfig, context: Context, platform: Platform): void {
  for (const { id, tenant, host, port, user, secret } of config.connectors) {
    const intake = platform.stack.use(factIntake(context, { id, tenant }));
    platform.stack.use(
      openAmiConnection({
        host,
        port,
        user,
        secret,
        onFacts: intake.handle,
        onState: ({ state }) => platform.log.info({ connector: id, state }, "exchange"),
        log: platform.log,
        now: platform.now,
      }),
    );
  }
}
