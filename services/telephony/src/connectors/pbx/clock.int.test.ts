import { afterEach, describe, expect, it } from "@jest/globals";
import { startAriSimulator, startFreeSwitchSimulator, startPbxSimulator } from "@trunkline/dev-env/simulators";
import { closeAll, keep, rig, SECRET } from "../../../fixtures/connection-rig.ts";
import { factsRig, ROUTED } from "../../../fixtures/facts-rig.ts";
import { openAriConnection } from "../ari/connection.ts";
import { openEslConnection } from "../esl/connection.ts";

afterEach(closeAll);

const FROM = "13800138000";
const QUEUE = "support";

/** By protocol: opens a connection to an exchange with this clock and lets a caller come. */
const EXCHANGES = {
  async ami(now: () => number) {
    const queues = [{ name: QUEUE, members: ["1001"] }];
    const pbx = keep(await startPbxSimulator({ users: [{ user: "cti", secret: SECRET }], queues, now, timestamps: true }));
    const { connection, ...heard } = rig(pbx.port);
    return { connection, heard, call: () => void pbx.placeCall({ from: FROM, queue: QUEUE }) };
  },
  async ari(now: () => number) {
    const pbx = keep(await startAriSimulator({ user: "cti", secret: SECRET, app: "trunkline", phones: ["1001"], now }));
    const heard = factsRig();
    const place = { url: pbx.url, user: "cti", secret: SECRET, app: "trunkline", endpoint: "PJSIP/{extension}" };
    const connection = keep(openAriConnection({ ...place, ...ROUTED, ...heard.listening({}) }));
    return { connection, heard, call: () => void pbx.call(FROM, QUEUE) };
  },
  async esl(now: () => number) {
    const pbx = keep(await startFreeSwitchSimulator({ secret: SECRET, phones: ["1001"], now }));
    const heard = factsRig();
    const place = { host: "127.0.0.1", port: pbx.port, secret: SECRET, endpoint: "user/{extension}" };
    const connection = keep(openEslConnection({ ...place, ...ROUTED, ...heard.listening({}) }));
    return { connection, heard, call: () => void pbx.call(FROM) };
  },
} as const;

describe("an exchange whose clock is wrong", () => {
  it.each((["ami", "ari", "esl"] as const).flatMap((kind) => [-90_000, 3_600_000].map((ahead) => [kind, ahead] as const)))(
    "tells what happens at our time, over %s, %d ms of us",
    async (kind, ahead) => {
      const { connection, heard, call } = await EXCHANGES[kind](() => Date.now() + ahead);
      await connection.ready(60_000);
      const before = Date.now();
      call();
      const { at } = await heard.until("call_queued");
      // As exact as the answer to a question may be.
      const unsure = Math.abs(ahead) / 4;
      expect(at).toBeGreaterThanOrEqual(before - unsure);
      expect(at).toBeLessThanOrEqual(Date.now() + unsure);
      expect(heard.logged.join("\n")).toContain("the PBX's clock is wrong");
    },
  );
});
