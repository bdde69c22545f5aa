import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { serverMessage } from "@trunkline/desktop-client/protocol";
import { DomainError } from "@trunkline/errors";
import { topic } from "@trunkline/events";
import { createBus } from "@trunkline/events/memory-bus";
import { CallbackTaskEventSchema } from "@trunkline/proto/service-desk";
import { onCallbackTaskEvent } from "../consumers/on-callback-task-event.ts";
import { openCallbackHints } from "./callback-hints.ts";
import { memoryMailbox } from "./memory-mailbox.ts";

const tasks = topic("service_desk.callback_task", CallbackTaskEventSchema);
const NOW = 10_000_000;
const log = { warn: () => undefined };

function setUp(mailbox: Pick<ReturnType<typeof memoryMailbox>, "put" | "subscribe"> = memoryMailbox()) {
  const bus = createBus("telephony");
  bus.subscribe([onCallbackTaskEvent({ now: () => NOW }, mailbox)]);
  const hints = openCallbackHints(mailbox, log);
  const told: string[] = [];
  const join = (tenant: string, desktop: string) =>
    hints.join(tenant, (text) => {
      const message = serverMessage.parse(JSON.parse(text));
      told.push(`${desktop} ${message.type === "callbacks_changed" ? message.withinMs : message.type}`);
    });
  let n = 0;
  const happens = (tenant: string, at = NOW) =>
    bus.publish(tasks, tenant, "task", ++n, { occurredAt: timestampFromMs(at), event: { case: "reopened", value: {} } });
  return { hints, told, join, happens };
}

beforeEach(() => void jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] }));
afterEach(() => void jest.useRealTimers());

describe("a desktop", () => {
  it("is told when a callback task of its tenant changes, with what time to read them again", async () => {
    const { told, join, happens } = setUp();
    join("t1", "a");
    join("t1", "b");
    join("t2", "c");
    await happens("t1");
    expect(told).toEqual(["a 10", "b 10"]);
  });

  it("is told at once after a rest, then at most every fifteen seconds, and of the last change always", async () => {
    const { told, join, happens } = setUp();
    join("t1", "a");
    for (let n = 0; n < 5; n++) await happens("t1");
    expect(told).toEqual(["a 5"]);
    jest.advanceTimersByTime(15_000);
    expect(told).toEqual(["a 5", "a 5"]);
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
    await happens("t1");
    expect(told).toHaveLength(3);
  });

  it("is told nothing of what is long past, nor any more once it has gone", async () => {
    const { told, join, happens } = setUp();
    const leave = join("t1", "a");
    await happens("t1", NOW - 300_001);
    expect(told).toEqual([]);
    await happens("t1");
    await happens("t1");
    leave();
    jest.advanceTimersByTime(60_000);
    await happens("t1");
    expect(told).toHaveLength(1);
    join("t1", "b");
    await happens("t1");
    expect(told).toEqual(["a 5", "b 5"]);
  });

  it("misses it while the mailboxes are away, which holds up no events", async () => {
    const away = async () => {
      throw new DomainError("unavailable", "mailbox_unavailable", "redis does not answer");
    };
    const { told, join, happens } = setUp({ ...memoryMailbox(), put: away });
    join("t1", "a");
    await happens("t1");
    expect(told).toEqual([]);
  });
});
