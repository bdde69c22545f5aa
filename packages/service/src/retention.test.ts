import { expect, it } from "@jest/globals";
import { memoryBackend } from "@trunkline/store";
import { openRetention } from "./retention.ts";

it("lets go of the event loop between two collections: a phone may ring", async () => {
  const now = () => 1_000;
  await using backend = memoryBackend({ offer: () => true }, now);
  const retention = openRetention({ backend, name: "desk", instance: "a", now, log: { warn: () => undefined } }, "");
  const order: string[] = [];
  const end = Promise.withResolvers<void>();
  const store = (name: string, over: () => void) => ({
    name,
    over: async () => {
      order.push(name);
      over();
      return [];
    },
    removeOver: async () => 0,
  });
  retention.keep(
    store("first", () => void setImmediate(() => order.push("a phone"))),
    1,
  );
  retention.keep(store("second", end.resolve), 1);
  await using _rounds = await retention.start();
  await end.promise;
  expect(order).toEqual(["first", "a phone", "second"]);
});
