import { describe, expect, it } from "@jest/globals";
import { lineOwners } from "./line-owners.ts";

describe("an order for a call whose connection is not here", () => {
  const ordered = async (owner: string) => {
    const asked: string[] = [];
    const owners = lineOwners({
      self: "10.0.0.1:50051",
      lines: new Map(),
      ownerOf: async () => owner,
      connect: (address) => {
        asked.push(address);
        return {
          orderLine: async () => ({}) as never,
          passWebhook: async () => ({}) as never,
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
    });
    const order = owners.orderLine("pbx", { id: "c1", startedAt: 1, linkedid: "1" } as never, {} as never);
    return [await order.catch(({ code }) => code), ...asked];
  };

  it("goes to the instance that has it", async () => expect(await ordered("10.0.0.2:50051")).toEqual([undefined, "10.0.0.2:50051"]));

  it("is tried again where nobody has it yet: also where it is ours since before a kill, which nobody is asked for", async () => {
    expect(await ordered("")).toEqual(["line_away"]);
    expect(await ordered("10.0.0.1:50051")).toEqual(["line_away"]);
  });
});
