import { setTimeout as delay } from "node:timers/promises";
import { SERVICES, type ServiceProcess } from "@trunkline/dev-env";
import { startCallLoad } from "./call-load.ts";
import { type Drill, LOSES_EVENTS, openArena } from "./harness.ts";
import { startUserLoad } from "./user-load.ts";

const BETWEEN_MS = 1_000;
/** A service that needs longer gives up by itself; Kubernetes kills it after 25 s and its grace. */
const STOP_MS = 20_000;

/**
 * SIGTERM to every service in turn, as a new version is rolled out, while calls come in and people work: nobody's call of the API fails,
 * nothing acknowledged is lost, and each ends by itself, in time. Of telephony and the gateway there are two.
 */
export const rollingStop: Drill = async (options) => {
  const rounds = options.quick ? 1 : 10;
  await using arena = await openArena(options, false, 0);
  const { system } = arena;
  if (options.sabotage) await arena.arm(LOSES_EVENTS);
  const telephony = await system.another("telephony");
  const gateway = await system.another("gateway");
  const gateways = new Set([system.gatewayUrl, gateway.gatewayUrl]);
  const users = startUserLoad(arena, gateways, options.print);
  const calls = startCallLoad(arena);
  const plan: readonly (readonly [ServiceProcess, string])[] = [
    ...SERVICES.map((name) => [system.process(name), name === "gateway" ? system.gatewayUrl : ""] as const),
    [telephony.process, ""],
    [gateway.process, gateway.gatewayUrl],
  ];
  let [stops, unclean, slowestMs] = [0, 0, 0];
  for (let round = 0; round < rounds; round++) {
    for (const [process, url] of plan) {
      await delay(BETWEEN_MS);
      // The load balancer is told first: preStop in deploy/k8s.
      gateways.delete(url);
      const began = performance.now();
      await process.kill("SIGTERM");
      const ms = performance.now() - began;
      slowestMs = Math.max(slowestMs, ms);
      stops += 1;
      const code = process.exitCode();
      if (code !== 0 || ms > STOP_MS) unclean += 1;
      await process.start();
      if (url !== "") gateways.add(url);
      const back = Math.round(performance.now() - began);
      options.print(`${process.name} ended with ${code} after ${Math.round(ms)} ms, back after ${back} ms; ${users.failed()} failed`);
    }
  }
  const result = await arena.judge("rolling-stop", options, [users, calls], stops);
  return {
    ...result,
    failed: users.failed(),
    stuck: result.stuck + unclean,
    slowestStopMs: Math.round(slowestMs),
    met: result.met && unclean === 0,
  };
};
