import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkedExtension, checkedNumber } from "../pbx/checked.ts";
import type { RoutedOrder } from "../routed/orders.ts";
import { bridgeOf, callerIdOf, endpointOf, legChannel, listenerChannel, refOf } from "../routed/values.ts";
import { commandsOf } from "./orders.ts";

const CALLER = "c44a48f3-a0df-410b-bb5b-627c00d941f0";
const leg = (role: "a" | "c", extension: string) => legChannel({ role, ref: refOf(CALLER), extension, id: "1" });
const BRIDGE = bridgeOf(refOf(CALLER));
const AGENT = leg("a", "1001");

function dial(more: Partial<Extract<RoutedOrder, { do: "dial" }>> = {}): string {
  const usual = {
    do: "dial",
    call: "x",
    channel: AGENT,
    endpoint: "user/1001",
    args: ["agent", "1001"],
    callerId: '"Li" <138>',
    timeoutS: 23,
  } as const;
  return commandsOf({ ...usual, ...more })[0] ?? "";
}

describe("orders as commands of FreeSWITCH", () => {
  it("dials a line under an id of ours, which is parked when it is picked up and when its partner goes", () => {
    expect(dial()).toBe(
      `originate {origination_uuid=${AGENT},origination_caller_id_number=138,origination_caller_id_name='Li',originate_timeout=23,ignore_early_media=true,park_after_bridge=true,hangup_after_bridge=false}user/1001 &park()`,
    );
    expect(dial({ args: ["customer", "137"] })).toContain(",trunkline_number=137}");
    expect(dial({ args: ["support", "", "137"] })).toContain(",trunkline_queue='support',trunkline_number=137}");
  });

  it("joins two lines, the caller's first, and leaves who is alone where it is", () => {
    const join = (members: readonly string[]) => commandsOf({ do: "join", call: "x", bridge: BRIDGE, channels: [] }, { members });
    expect(join([AGENT, CALLER])[0]).toBe(`uuid_bridge ${CALLER} ${AGENT}`);
    expect(join([CALLER, AGENT])[0]).toBe(`uuid_bridge ${CALLER} ${AGENT}`);
    expect(join([AGENT, leg("c", "1002")])[0]).toBe(`uuid_bridge ${AGENT} ${leg("c", "1002")}`);
    expect(join([AGENT])).toEqual([`uuid_setvar ${AGENT} trunkline_bridge ${BRIDGE}`]);
    expect(commandsOf({ do: "leave", call: "x", bridge: BRIDGE, channels: [CALLER] })).toEqual([
      `uuid_transfer ${CALLER} -both park inline`,
      `uuid_setvar ${CALLER} trunkline_bridge`,
    ]);
  });

  it("lets a supervisor's phone hear the caller's line", () => {
    const listener = { ref: refOf(CALLER), extension: "1005" };
    const [copy, phone] = [listenerChannel({ ...listener, part: "copy" }), listenerChannel({ ...listener, part: "phone" })];
    expect(commandsOf({ do: "copy", call: "x", channel: CALLER, copy })).toEqual([`uuid_transfer ${phone} eavesdrop:${CALLER} inline`]);
    expect(commandsOf({ do: "join", call: "x", bridge: "tl-h.x.1005", channels: [phone, copy] }, { members: [phone, copy] })).toEqual([]);
  });

  it("has a cause for each way to hang up, and nothing to send for what is ours alone", () => {
    const hangUp = (reason: "normal" | "no_answer" | "busy") => commandsOf({ do: "hang_up", call: "x", channel: AGENT, reason });
    expect(["normal", "no_answer", "busy"].flatMap((reason) => hangUp(reason as "normal"))).toEqual([
      `uuid_kill ${AGENT} NORMAL_CLEARING`,
      `uuid_kill ${AGENT} NO_ANSWER`,
      `uuid_kill ${AGENT} USER_BUSY`,
    ]);
    expect(commandsOf({ do: "follow", call: "x", channel: CALLER })).toEqual([]);
    expect(commandsOf({ do: "make_bridge", call: "x", bridge: "b" })).toEqual([]);
  });

  it("lets nothing that anybody chose end a word, a list or a command", () => {
    const hostile = fc.string({ unit: fc.constantFrom(..."1a+*#,{}[]|^'\"`\\$()<>;=& \r\n\0/:@.%~!-_张"), maxLength: 40 });
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, number, destination) => {
        let endpoint = "user/1001";
        try {
          endpoint = endpointOf("user/{extension}", "{extension}", checkedExtension(destination));
        } catch {
          // Refused where it came in.
        }
        const command = dial({ callerId: callerIdOf({ callerName: name, callerNumber: number }), endpoint, args: ["customer", number] });
        const [, list = "", rest = ""] = /^originate \{([^{}]*)\}([^{}]*)$/.exec(command) ?? [];
        expect(rest).toMatch(/^user\/[A-Za-z0-9+*#]{1,32} &park\(\)$/);
        const names = list.split(",").map((one) => one.split("=")[0]);
        expect(names).toEqual([
          "origination_uuid",
          "origination_caller_id_number",
          "origination_caller_id_name",
          "originate_timeout",
          "ignore_early_media",
          "park_after_bridge",
          "hangup_after_bridge",
          "trunkline_number",
        ]);
        expect(list.split("'").length).toBe(3);
        expect(command).not.toMatch(/[\r\n\0$`\\|^;"[\]]/);
      }),
      { seed: 5, numRuns: 5000 },
    );
  });

  it("refuses an endpoint whose template the administrator got wrong, and a number that is none", () => {
    for (const endpoint of ["user/{x}1001", "user/1001,user/1002", "user/1001|x", "user/1001 &shutdown", "[a=b]user/1"]) {
      expect(() => dial({ endpoint })).toThrow(/other brace/);
    }
    for (const number of ["1\r\napi shutdown", "1,2", "$1", "1|2", "1^2", "'1'", ""]) expect(() => checkedNumber(number)).toThrow();
  });
});
