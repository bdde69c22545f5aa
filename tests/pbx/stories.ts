import { AGENTS, type Play, type Queues } from "./calls.ts";
import type { openRouting } from "./trunkline.ts";

const { short, long, never, other, third } = AGENTS;
export type Story = (play: Play) => Promise<void>;

/** Calls of the exchange's own queues. */
export const queueStories = ({ first, second }: Queues): Readonly<Record<string, Story>> => ({
  "answered, the agent hangs up": async ({ serve, call }) => {
    await serve(first, short);
    await call("7001", 30);
  },
  "answered, the caller hangs up": async ({ serve, call }) => {
    await serve(first, long);
    await call("7001", 4);
  },
  "given up while a phone rings": async ({ serve, call }) => {
    await serve(first, never);
    await call("7001", 3);
  },
  "given up where nobody serves": async ({ call }) => call("7001", 2),
  "five at once, two agents": async ({ serve, call }) => {
    await serve(first, short, other);
    await Promise.all(Array.from({ length: 5 }, () => call("7001", 30)));
  },
  "the dial plan's next queue, answered there": async ({ serve, call }) => {
    await serve(second, short);
    await call("7002", 30);
  },
  "the dial plan's next queue, given up there": ({ call }) => call("7002", 5),
  "handed on to a second queue, answered there": async ({ serve, call, wait, transfer }) => {
    await serve(first, long);
    await serve(second, short);
    await call("7001", 30);
    await wait(3_000);
    await transfer(long, "7003");
  },
  "handed on to a second queue, given up there": async ({ serve, call, wait, transfer }) => {
    await serve(first, long);
    await call("7001", 7);
    await wait(3_000);
    await transfer(long, "7003");
  },
  "handed over to a second queue that the agent asked first": async ({ serve, call, wait, consult, hangUp }) => {
    await serve(first, long);
    await serve(second, third);
    await call("7001", 30);
    await wait(3_000);
    await consult(long, "7003");
    await wait(1_000);
    await hangUp(long);
  },
});

type Routing = Pick<Awaited<ReturnType<typeof openRouting>>, "sets" | "order">;

/** Calls that we distribute. */
export const routedStories = ({ sets, order }: Routing): Readonly<Record<string, Story>> => ({
  "routed: answered, the agent hangs up": async ({ call }) => {
    await sets(short, "ready");
    await call("7010", 30);
  },
  "routed: given up while a phone rings": async ({ call }) => {
    await sets(never, "ready");
    await call("7010", 2);
  },
  "routed: nobody answers, the next agent does": async ({ call, wait }) => {
    await sets(never, "ready");
    await wait(50);
    await sets(short, "ready");
    await call("7010", 30);
  },
  "routed: five at once, two agents": async ({ call }) => {
    await sets(short, "ready");
    await sets(other, "ready");
    await Promise.all(Array.from({ length: 5 }, () => call("7010", 40)));
  },
  "routed: held and taken back, the caller hangs up": async ({ call, wait }) => {
    await sets(long, "ready");
    await call("7010", 8);
    await wait(3_000);
    await order("hold");
    await wait(2_000);
    await order("resume");
  },
  "routed: handed on": async ({ call, wait }) => {
    await sets(long, "ready");
    await call("7010", 30);
    await wait(3_000);
    await order({ transfer: "blind", to: short });
  },
  "routed: handed over to a colleague who was asked first": async ({ call, wait, hangUp }) => {
    await sets(long, "ready");
    await call("7010", 30);
    await wait(3_000);
    await order({ transfer: "attended", to: third });
    await wait(2_000);
    await hangUp(long);
  },
});
