import { afterEach, describe, expect, it } from "@jest/globals";
import { startPbxSimulator } from "@trunkline/dev-env/simulators";
import { closeAll, keep, rig, SECRET } from "../../../fixtures/connection-rig.ts";
import { changeMode } from "../../domain/agent-session.ts";
import { EXCHANGE, openFloor, TENANT } from "../../floor.test-support.ts";
import { corrections, queuePauses } from "./queue-pauses.ts";

afterEach(closeAll);

describe("an exchange that distributes", () => {
  it("is asked for what differs alone, once for each phone, and never about agents who set no mode", () => {
    const member = (queue: string, extension: string, paused: boolean) => ({
      queue,
      extension,
      interface: `PJSIP/agent${extension}`,
      paused,
    });
    const members = [
      member("support", "1001", false),
      member("sales", "1001", false),
      member("support", "1002", true),
      member("support", "1003", false),
    ];
    const wanted = new Map([
      ["1001", { paused: true, reason: "lunch" }],
      ["1002", { paused: true, reason: "training" }],
    ]);
    expect(corrections(members, wanted)).toEqual([{ interface: "PJSIP/agent1001", paused: true, reason: "lunch" }]);
  });

  it("does not ring who is on break, rings who is ready, and is set right after a cut", async () => {
    const users = [{ user: "cti", secret: SECRET }];
    const pbx = keep(await startPbxSimulator({ users, queues: [{ name: "support", members: ["1001", "1002"] }] }));
    const floor = keep(await openFloor(["a"]));
    const line: { connection?: ReturnType<typeof rig>["connection"] } = {};
    const pauses = keep(queuePauses(floor.context, EXCHANGE, async (action) => line.connection?.action(action)));
    const seen: string[] = [];
    const awaited = new Map<string, () => void>();
    const { connection } = rig(pbx.port, {
      onFacts: (facts) => {
        pauses.take(facts);
        for (const fact of facts) {
          if (fact.kind !== "member_changed") continue;
          seen.push(`${fact.extension} ${fact.paused} ${fact.reason}`);
          awaited.get(seen.at(-1) ?? "")?.();
        }
      },
    });
    line.connection = connection;
    await connection.ready(60_000);
    const sets = (mode: "ready" | "break", reason: string) =>
      floor.context.sessions.change({ tenant: TENANT, actor: "t", causation: "", correlation: "" }, "a", floor.world.now, (session) =>
        changeMode(session, { mode, reason }, floor.world.now),
      );
    const told = (text: string) => new Promise<void>((resolve) => (seen.includes(text) ? resolve() : void awaited.set(text, resolve)));
    await sets("break", "lunch");
    await told("1001 true lunch");
    expect(seen.some((text) => text.startsWith("1002 true"))).toBe(false);
    pbx.dropConnections();
    await sets("ready", "");
    await told("1001 false ");
  });

  it("pauses every other phone when it will not pause one", async () => {
    const floor = keep(await openFloor(["a", "b", "c"]));
    const asked: string[] = [];
    const all = new Promise<void>((resolve) => {
      const send = async ({ Interface: address }: { readonly Interface?: string }) => {
        asked.push(address ?? "");
        if (asked.length === 3) resolve();
        if (address === "PJSIP/agent1001") throw new Error("no such interface");
      };
      const pauses = keep(queuePauses(floor.context, EXCHANGE, send as never));
      const member = (extension: string) => ({
        kind: "member_changed" as const,
        queue: "support",
        extension,
        interface: `PJSIP/agent${extension}`,
        paused: true,
        reason: "",
      });
      pauses.take(["1001", "1002", "1003"].map(member) as never);
    });
    await all;
    expect(asked.toSorted()).toEqual(["PJSIP/agent1001", "PJSIP/agent1002", "PJSIP/agent1003"]);
  });
});
