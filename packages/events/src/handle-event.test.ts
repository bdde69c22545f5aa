import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { DomainError, unless } from "@trunkline/errors";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { handleEvent } from "./handle-event.ts";
import { on } from "./subscription.ts";
import { topic } from "./topic.ts";

const calls = topic("telephony.call", CallEventSchema);
const raw = { key: "t1/c1", value: Buffer.from(toBinary(CallEventSchema, create(CallEventSchema, {}))), headers: { sequence: "1" } };
const handled = (handler: () => Promise<void>) => handleEvent(on(calls, handler), raw, "reader", new AbortController().signal);
const taken = async () => {
  throw new DomainError("already_exists", "ticket_exists", "another ticket has the same key");
};

describe("an event whose effect is there already", () => {
  it("is not done because something else stands in its place: that would lose it", async () => {
    expect(await handled(taken)).toMatchObject({ is: "dead", tries: 1, error: { code: "ticket_exists" } });
  });

  it("is done where the handler knows what stands there", async () => {
    expect(await handled(() => taken().catch(unless("ticket_exists")))).toEqual({ is: "done" });
  });
});

describe("an event whose handler another service does not let in", () => {
  const refused = (code: string, details = {}) => handled(() => Promise.reject(new DomainError("unauthenticated", code, "no", details)));

  it("waits while the clocks of the two are apart, as when a machine has slept", async () => {
    expect(await refused("token_expired")).toMatchObject({ is: "wait", tries: 1 });
    expect(await refused("token_invalid", { ahead: "true" })).toMatchObject({ is: "wait", tries: 1 });
  });

  it("is dead where no time makes its token right", async () => {
    expect(await refused("token_invalid")).toMatchObject({ is: "dead", tries: 1 });
    expect(await refused("carrier_missing")).toMatchObject({ is: "dead", tries: 1 });
  });
});
