import { afterEach, describe, expect, it } from "@jest/globals";
import { closeAll, codeOf, rig, simulator } from "../../../fixtures/connection-rig.ts";
import type { CallKey } from "../../domain/line.ts";
import { idOf, offerIdOf } from "../../facts/call-keys.ts";
import type { AgentOffered } from "../../facts/facts.ts";
import { EXCHANGE, TENANT } from "../../floor.test-support.ts";
import { amiLine } from "./line.ts";
import type { TrackedCall } from "./state.ts";

afterEach(closeAll);

describe("an exchange that distributes, told what to do with a call", () => {
  const callIdOf = (key: CallKey) => idOf(EXCHANGE, key);
  const opened = async (transferContext?: string) => {
    const pbx = await simulator();
    const heard = rig(pbx.port);
    await heard.connection.ready(60_000);
    return { pbx, ...heard, line: amiLine(heard.connection, { tenant: TENANT, transferContext }, callIdOf) };
  };
  type Opened = Awaited<ReturnType<typeof opened>>;
  const rung = async ({ pbx, until }: Opened): Promise<{ call: ReturnType<Opened["pbx"]["placeCall"]>; offered: AgentOffered }> => {
    const call = pbx.placeCall({ from: "13800138000", queue: "support" });
    call.ring("1001");
    return { call, offered: (await until("agent_offered")) as AgentOffered };
  };
  const answered = async (on: Opened) => {
    const { call, offered } = await rung(on);
    call.answer("1001");
    await on.until("call_answered");
    return { call, key: offered.callKey };
  };

  it("stops one phone's ring as if its agent had declined, and no other's", async () => {
    const on = await opened();
    const { call, offered } = await rung(on);
    const offerId = offerIdOf(callIdOf(offered.callKey), offered);
    await on.line.withdraw(offered.callKey, "another offer");
    expect(call.ringing()).toEqual(["1001"]);
    await on.line.withdraw(offered.callKey, offerId);
    expect(await on.until("agent_offer_ended")).toMatchObject({ extension: "1001", reason: "rejected" });
    expect(call.phase()).toBe("waiting");
  });

  it("hangs up for the agent, also a caller whom nobody talks to", async () => {
    const on = await opened();
    const { key } = await answered(on);
    await on.line.hangUp(key);
    expect(await on.until("agent_released")).toMatchObject({ extension: "1001", reason: "agent_hung_up" });
    await on.until("call_ended");
    expect(await codeOf(on.line.hangUp(key))).toBe("rule_violated pbx_call_gone");

    const another = await opened();
    const { call, offered } = await rung(another);
    call.ringNoAnswer("1001");
    await another.line.hangUp(offered.callKey);
    await call.ended;
  });

  it("hands a caller on to another extension, where the dial plan's context for that is known", async () => {
    const on = await opened("internal");
    const { call, key } = await answered(on);
    await on.line.transfer(key, { destination: "1002", kind: "blind" });
    expect(await on.until("call_transferred")).toMatchObject({ from: "1001", to: "1002", type: "blind" });
    expect(call.ringing()).toEqual(["1002"]);
    call.answer("1002");
    await on.until("call_answered", ({ extension }) => extension === "1002");
  });

  it("hands a caller on to a queue by what the dial plan has for it", async () => {
    const told: object[] = [];
    const talker = { channel: "SIP/1001-1" } as TrackedCall["talker"];
    const connection = {
      ready: async () => undefined,
      resync: async () => undefined,
      call: () => ({ talker, offers: [], channel: "SIP/in-1" }) as unknown as TrackedCall,
      action: async (action: object) => {
        told.push(action);
        return {} as never;
      },
    };
    const key = { startedAt: 1, linkedid: "1.1" };
    const line = (queueExtension?: string) =>
      amiLine(connection, { tenant: TENANT, transferContext: "internal", queueExtension }, callIdOf);
    await line("queue-{queue}").transferToQueue(key, "sales");
    expect(told).toEqual([{ Action: "BlindTransfer", Channel: "SIP/1001-1", Context: "internal", Exten: "queue-sales" }]);
    for (const refused of [line().transferToQueue(key, "sales"), line("{queue}").transferToQueue(key, "a,b")])
      expect(await codeOf(refused)).toBe("rule_violated line_takes_no_orders");
  });

  it("refuses what it cannot have done there, and what makes no sense", async () => {
    const without = await opened();
    const { key } = await answered(without);
    for (const order of [
      () => without.line.transfer(key, { destination: "1002", kind: "blind" }),
      () => without.line.hold(key),
      () => without.line.listen(key, "1002"),
    ])
      expect(await codeOf(order())).toBe("rule_violated line_takes_no_orders");
    const on = await opened("internal");
    const ringing = await rung(on);
    const to = (destination: string, kind: "blind" | "attended" = "blind") =>
      codeOf(on.line.transfer(ringing.offered.callKey, { destination, kind }));
    expect(await to("1002")).toBe("rule_violated pbx_call_not_talking");
    expect(await to("1002", "attended")).toBe("rule_violated line_takes_no_orders");
    expect(await to("1002\r\nAction: Logoff")).toBe("invalid pbx_extension_invalid");
    expect(ringing.call.ringing()).toEqual(["1001"]);
  });
});
