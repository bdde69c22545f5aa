import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { memoryDeadLetters } from "../dead-letters.fake.ts";
import { createRelay } from "../relay.ts";
import { eventually, keepingLog, moody, openTopic, publication, publish, readAll, startReader } from "../testing.ts";
import { topic } from "../topic.ts";
import { openEventLog } from "./event-log.ts";
import { openFile } from "./open-file.ts";
import { openEmbeddedBus, someFolder } from "./testing.ts";

const folder = someFolder();
afterAll(() => folder[Symbol.dispose]());
const fileOf = (name: string) => join(folder.path, `${name}.db`);
const open = (name: string) => openEventLog({ file: fileOf(name), now: Date.now, log: keepingLog([]) });

describe("the file of an event log", () => {
  it("keeps the partition count with which a topic was made, so that a key stays where it is", async () => {
    const calls = topic("telephony.call", CallEventSchema);
    const placesOf = async (mostPartitions: number) => {
      await using transport = openEventLog({ file: fileOf("count"), now: Date.now, log: keepingLog([]), mostPartitions });
      await transport.ensureTopics([calls, calls]);
      const publisher = transport.publisher();
      for (let i = 0; i < 30; i++) await publisher.send([{ topic: calls.name, key: `t1/c${i}`, value: Buffer.alloc(0), headers: {} }]);
    };
    await placesOf(6);
    await placesOf(48);
    const db = new DatabaseSync(fileOf("count"));
    const places = db.prepare("SELECT key, count(DISTINCT place) AS places, count(*) AS events FROM events GROUP BY key").all();
    expect(places).toHaveLength(30);
    expect(new Set(places.map(({ places, events }) => `${places} ${events}`))).toEqual(new Set(["1 2"]));
    expect(db.prepare("SELECT count(*) AS n FROM partitions").get()).toMatchObject({ n: 6 });
    db.close();
  });

  it("is refused in one line when its beginning is damaged, when a newer release wrote it, and when it cannot be opened", () => {
    writeFileSync(fileOf("garbage"), "x".repeat(8_192));
    expect(() => open("garbage")).toThrow(/garbage\.db cannot be used: the file is no event log, or .* backup$/);
    const newer = openFile(fileOf("newer"), "normal");
    newer.exec("PRAGMA user_version = 9");
    newer.close();
    expect(() => open("newer")).toThrow(
      /newer\.db cannot be used: a newer release wrote it \(schema 9, this one knows 1\): start that one$/,
    );
    expect(() => open("no/such/folder")).toThrow(/cannot be used: the file cannot be opened: look at the folder/);
  });

  it("syncs each batch where that is asked for", () => {
    const levels = (["normal", "full"] as const).map((synchronous) => {
      const db = openFile(fileOf(synchronous), synchronous);
      const level = [db.prepare("PRAGMA synchronous").get()?.["synchronous"], db.prepare("PRAGMA journal_mode").get()?.["journal_mode"]];
      db.close();
      return level;
    });
    expect(levels).toEqual([
      [1, "wal"],
      [2, "wal"],
    ]);
  });
});

describe("a log on a full disk", () => {
  it("takes nothing, keeps what was acknowledged, and takes everything when there is room again", async () => {
    await using bus = await openEmbeddedBus("full", fileOf("disk"));
    const calls = await openTopic(bus, "full.call");
    await using relay = await createRelay(bus.transport);
    await publish(relay, calls, "c1", 1, 3);
    bus.limitPages(1);
    await expect(
      bus.transport.publisher().send([{ topic: calls.name, key: "t1/big", value: Buffer.alloc(200_000), headers: {} }]),
    ).rejects.toMatchObject({
      kind: "unavailable",
      code: "event_log_unavailable",
      message: expect.stringContaining("the disk is full: make room"),
    });
    let out = 0;
    const entries = publication(calls, "c1", [4, 5], (last) => {
      out = last;
    });
    const offered = { ...entries, entries: entries.entries.map((entry) => ({ ...entry, payload: new Uint8Array(200_000) })) };
    relay.offer(offered);
    await eventually("a failed try", () => bus.logged.some(({ message }) => message.startsWith("publishing failed")));
    expect(await readAll(bus, calls)).toHaveLength(3);
    bus.limitPages(100_000);
    // The sweeper offers what the relay has given up.
    const isOut = () => {
      if (relay.size() === 0 && out === 0) relay.offer(offered);
      return out === 5;
    };
    await eventually("it is out", isOut);
    expect((await readAll(bus, calls)).map(({ headers }) => headers["sequence"])).toEqual(["1", "2", "3", "4", "5"]);
  });
});

describe("a log whose file is damaged further in", () => {
  it("makes whoever reads there wait and say so, in place of going on past it", async () => {
    const file = fileOf("damaged");
    const calls = await (async () => {
      await using bus = await openEmbeddedBus("damaged", file);
      const made = await openTopic(bus, "damaged.call");
      await using relay = await createRelay(bus.transport);
      for (let i = 0; i < 40; i++) await publish(relay, made, `c${i}`, 1, 20);
      return made;
    })();
    const bytes = readFileSync(file);
    // Behind the pages where the tables begin.
    writeFileSync(file, bytes.fill(0xff, 10 * 4_096));
    await using bus = await openEmbeddedBus("damaged", file);
    const { seen, handler } = moody();
    await using reader = await startReader(bus, calls, memoryDeadLetters(), handler);
    const refused = () =>
      reader.check().then(
        () => false,
        () => true,
      );
    await eventually("trouble", refused);
    await expect(reader.check()).rejects.toMatchObject({
      kind: "unavailable",
      code: "event_log_unavailable",
      message: expect.stringContaining("the file is damaged: stop, then bring back the folder from its backup"),
    });
    expect(seen).toEqual([]);
  });
});
