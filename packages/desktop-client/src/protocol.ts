import { z } from "zod";

/**
 * The desktop socket's messages, both ways, as the one place that says them: the server checks by these schemas, the types are theirs, and
 * docs/reference/desktop-socket.asyncapi.json is made of them. Browsers import the types only: a value from here would bring zod along.
 */

const at = z.number().int().describe("UTC epoch ms");
const key = z.string().describe("with the revision, what a desktop knows a frame by: it drops what it has");
const revision = z.number().int();
const id = z.string().min(1).max(64);

export const hello = z
  .object({
    type: z.literal("hello"),
    token: z.string().min(1).max(4_000).describe("access token of SessionService/LogIn"),
    resume: z
      .object({ epoch: z.string().max(64), id: z.string().regex(/^\d{1,15}$/) })
      .optional()
      .describe("place of the last frame that the desktop has"),
  })
  .describe("the first message, within five seconds");

export const said = z.discriminatedUnion("type", [
  z.object({ type: z.literal("shown"), callId: id, offerId: id }).describe("the pop is on the screen"),
  z.object({ type: z.literal("ping") }).describe("answered by a pong"),
  z
    .object({ type: z.literal("watch_board") })
    .describe("a supervisor wants the board from now on, beginning with an empty one; said again: anew"),
  z.object({ type: z.literal("unwatch_board") }).describe("no more of the board"),
]);

const asset = z.object({
  assetId: z.string(),
  product: z.string(),
  serial: z.string(),
  site: z.string(),
  warrantyUntil: z.string().describe("YYYY-MM-DD, the last day of the warranty; empty when not known"),
});
const card = z.object({
  customerId: z.string(),
  name: z.string(),
  grade: z.string().describe("A to E; empty when not graded"),
  alerts: z.array(z.string()).describe("what every agent must see"),
  reasons: z.array(z.string()).describe("codes: phone_exact, phone_shared"),
  openRequests: z.array(z.object({ requestId: z.string(), type: z.string(), priority: z.string(), openedAt: at })),
  lastContacts: z.array(z.object({ kind: z.string(), state: z.string(), at })),
  assets: z.array(asset).describe("in use, the one entered last first, at most five"),
  assetCount: z.number().int().describe("how many are in use, counted to 200"),
});
const caller = z.object({
  status: z
    .enum(["identified", "pending", "withheld"])
    .describe("pending: customer has not answered yet, a second revision completes it; withheld: there is no number to ask about"),
  certainty: z.enum(["sure", "maybe", "none", ""]),
  number: z.string().describe("as it may be shown: masked already where the role asks for that"),
  matches: z.array(card),
});

/** What an agent, or a supervisor who listens, can have done with a call, where its exchange does it. */
export const CALL_ACTIONS = ["decline", "hold", "transfer", "consult", "transfer_to_queue", "hang_up", "listen"] as const;
export type CallAction = (typeof CALL_ACTIONS)[number];

/** What a desktop is told of a recording. */
export const RECORDING_STATES = ["recording", "paused", "failed", "kept"] as const;

const agentState = z.enum(["offline", "ready", "reserved", "ringing", "talking", "wrap_up", "break"]);

const frame = z.discriminatedUnion("type", [
  z
    .object({
      type: z.literal("pop"),
      key,
      revision,
      callId: z.string(),
      offerId: z.string(),
      queue: z.string(),
      ringingSince: at,
      actions: z.array(z.enum(CALL_ACTIONS)).describe("what the exchange can be told to do with this call"),
      direction: z.enum(["inbound", "outbound"]).optional().describe("outbound: the agent calls out; inbound where it is left out"),
      verdict: z.enum(["", "full", "partial", "gateway", "failed"]).describe("what the caller's network says of the number (STIR/SHAKEN)"),
      caller,
    })
    .describe("a phone of this agent rings"),
  z
    .object({
      type: z.literal("call"),
      key,
      revision,
      callId: z.string(),
      state: z.string(),
      until: at.optional().describe("of a wrap-up: when it ends by itself"),
      asks: z.string().optional().describe("of who has the call: the extension that is rung or talked to meanwhile, while there is one"),
    })
    .describe(
      "the call is talking, held, consulting (who has it asks this agent), offer_ended, wrap_up, ended or finished; in a snapshot also ringing",
    ),
  z
    .object({ type: z.literal("recording"), key, revision, callId: z.string(), state: z.enum(RECORDING_STATES) })
    .describe("the recording of a call in hand is recording, paused, failed; kept once the call is over"),
  z
    .object({
      type: z.literal("session"),
      key,
      revision,
      mode: z.string().describe("what the agent, or a supervisor, set: offline, ready, break"),
      reason: z.string(),
      state: agentState,
      stateSince: at,
      callId: z.string(),
      unanswered: z.number().int().describe("offers in a row that were not answered"),
    })
    .describe("the agent's own state: what was set (mode) and what follows from it and the work"),
]);

const boardAgent = z.object({
  employeeId: z.string(),
  extension: z.string(),
  state: agentState,
  mode: z.string().describe("as in the session frame: what was set, and follows when the work is done"),
  reason: z.string().describe("of a break; of who is off line without having chosen it: signed_out, no_desktop, forced"),
  stateSince: at,
  callId: z.string().describe("of the call in hand; who is on it says GetCall, as the reader may see it"),
  desktop: z.boolean().describe("false: this agent's desktop is gone, nobody sees who calls"),
});

const boardQueue = z.object({
  queueId: z.string(),
  name: z.string(),
  waiting: z.number().int(),
  callbacks: z.number().int().describe("callers who have hung up and keep their place"),
  longestWaitSince: at.describe("0: nobody waits"),
  ready: z.number().int().describe("agents of the queue who could take a call now"),
});

const boardChange = z.object({
  type: z.literal("board_change"),
  after: z.number().int().describe("seq of the board that it changes; 0: it begins with an empty one"),
  seq: z.number().int().describe("of the board that it makes"),
  part: z.number().int().describe("0, 1, ...: a large change comes in parts"),
  more: z.boolean().describe("another part follows; the change holds when all have come"),
  at,
  agents: z.array(boardAgent).describe("new ones and changed ones"),
  queues: z.array(boardQueue).describe("new ones and changed ones"),
  agentsGone: z.array(z.string()).describe("employee ids"),
  queuesGone: z.array(z.string()).describe("queue ids"),
});

export const serverMessage = z.discriminatedUnion("type", [
  z
    .object({ type: z.literal("welcome"), epoch: z.string(), id: z.string(), resumed: z.boolean() })
    .describe("let in; not resumed: a snapshot follows"),
  z.object({ type: z.literal("snapshot"), frames: z.array(frame) }).describe("what rings at and is in the hands of this agent now"),
  z.object({ type: z.literal("frame"), id: z.string(), frame }).describe("one frame with its place"),
  boardChange.describe("what has changed on the board; about one a second, only when something has"),
  z
    .object({
      type: z.literal("callbacks_changed"),
      withinMs: z.number().int().describe("read them again within so long, by chance: not all at once"),
    })
    .describe("the callback tasks of the tenant have changed; lost now and then, so they are read by themselves too, seldom"),
  z.object({ type: z.literal("pong") }),
]);

/** What was said is not changed. */
type Fixed<T> = { readonly [K in keyof T]: Fixed<T[K]> };
export type ServerMessage = Fixed<z.output<typeof serverMessage>>;
/** Clients drop a frame whose key and revision they have. */
export type Frame = Fixed<z.output<typeof frame>>;
export type PopFrame = Extract<Frame, { type: "pop" }>;
export type CallFrame = Extract<Frame, { type: "call" }>;
export type RecordingFrame = Extract<Frame, { type: "recording" }>;
export type SessionFrame = Extract<Frame, { type: "session" }>;
export type CallerView = PopFrame["caller"];
export type CallerCard = CallerView["matches"][number];
export type AgentState = SessionFrame["state"];
export type BoardAgent = Fixed<z.output<typeof boardAgent>>;
export type BoardQueue = Fixed<z.output<typeof boardQueue>>;
export type BoardChange = Extract<ServerMessage, { type: "board_change" }>;
/** What a supervisor sees of a tenant. */
export type Board = { readonly at: number; readonly agents: readonly BoardAgent[]; readonly queues: readonly BoardQueue[] };
