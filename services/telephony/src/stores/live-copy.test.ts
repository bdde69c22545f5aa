import { describe, expect, it } from "@jest/globals";
import { serviceScope } from "@trunkline/runtime";
import { memoryBackend } from "@trunkline/store";
import { changeMode } from "../domain/agent-session.ts";
import { openAgentSessionStore } from "./agent-session-store.ts";
import { liveCopy } from "./live-copy.ts";

const TENANT = "t1";

async function two() {
  const world = { now: 1_000_000 };
  const backend = memoryBackend({ offer: () => true }, () => world.now);
  const [own, other] = [await openAgentSessionStore(backend), await openAgentSessionStore(backend)];
  const heard: string[] = [];
  const copy = liveCopy({
    store: own,
    tenant: TENANT,
    filter: { tenant: TENANT },
    heard: ({ id, mode }) => heard.push(`${id} ${mode}`),
    now: () => world.now,
    log: { warn: () => undefined },
  });
  const sets = (store: typeof own, id: string, mode: "ready" | "offline", tenant = TENANT) =>
    store.change(serviceScope("telephony", tenant, id), id, world.now, (session) => changeMode(session, { mode, reason: "" }, world.now));
  /** What it reads beside its caller has come when this resolves. */
  const refresh = async () => {
    await copy.refresh();
    await new Promise(setImmediate);
  };
  /** What was told since this was asked last. */
  const news = () => heard.splice(0);
  return { world, own, other, copy, refresh, sets, news };
}

describe("a live copy", () => {
  it("tells of this process's writes at once, and of others' when it is refreshed, each once and never an older one", async () => {
    const { world, own, other, refresh, sets, news } = await two();
    await sets(other, "a", "ready");
    await refresh();
    expect(news()).toEqual(["a ready"]);
    await sets(own, "b", "ready");
    expect(news()).toEqual(["b ready"]);
    await sets(other, "b", "offline");
    await sets(own, "a", "offline");
    expect(news()).toEqual(["a offline"]);
    world.now += 250;
    await refresh();
    expect(news()).toEqual(["b offline"]);
    world.now += 250;
    await refresh();
    expect(news()).toEqual([]);
  });

  it("asks the database at most four times a second, and tells of nobody else's tenant", async () => {
    const { world, other, refresh, sets, news } = await two();
    await refresh();
    await sets(other, "a", "ready");
    await sets(other, "b", "ready", "t2");
    world.now += 249;
    await refresh();
    expect(news()).toEqual([]);
    world.now += 1;
    await refresh();
    expect(news()).toEqual(["a ready"]);
  });

  it("finds within ten seconds what an instance wrote with an old time, because it was frozen before", async () => {
    const { world, other, refresh, sets, news } = await two();
    for (let n = 0; n < 4; n++) {
      world.now += 250;
      await refresh();
    }
    const now = world.now;
    world.now -= 60_000;
    await sets(other, "a", "ready");
    world.now = now;
    for (let n = 0; n < 40; n++) {
      world.now += 250;
      await refresh();
    }
    expect(news()).toEqual(["a ready"]);
  });

  it("tells nothing any more once it is closed", async () => {
    const { own, copy, sets, news } = await two();
    copy[Symbol.dispose]();
    await sets(own, "a", "ready");
    expect(news()).toEqual([]);
  });
});
