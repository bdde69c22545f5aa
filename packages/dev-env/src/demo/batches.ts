import type { Api, Json } from "../system/api.ts";
import type { Stage } from "./main-loop.ts";
import { eventually, must } from "./steps.ts";

type Batch = { batchId: string; state: string; total: number; counts: Record<string, number> };

/** In the demo's segment every fiftieth has opted out of SMS and every fortieth of e-mail. */
const OPTED_OUT = { CHANNEL_SMS: 50, CHANNEL_EMAIL: 40 } as const;
const BATCH_DEADLINE_MS = 180_000;

/** An SMS and an e-mail batch to a segment; the ledger must equal what the SMS centre and the mail server received. */
export async function playBatches(stage: Stage, size: number): Promise<void> {
  const marketer = await stage.logIn("marketer");
  for (const [channel, templateId, final] of [
    ["CHANNEL_SMS", "autumn-sms", "delivered"],
    ["CHANNEL_EMAIL", "autumn-mail", "sent"],
  ] as const) {
    await stage.steps.run(
      `${channel === "CHANNEL_SMS" ? "an SMS" : "an e-mail"} batch of ${size} leaves, opted-out people suppressed`,
      async () => {
        const before = await received(stage, channel);
        const body = {
          requestId: crypto.randomUUID(),
          segmentId: stage.tenant.segmentId,
          templateId,
          channel,
          purpose: "PURPOSE_MARKETING",
        };
        const { batch } = await marketer.call<{ batch: Batch }>("marketing.v1.BatchService/CreateBatch", body);
        const read = async () =>
          (await marketer.call<{ batch: Batch }>("marketing.v1.BatchService/GetBatch", { batchId: batch.batchId })).batch;
        const done = await eventually(
          "the batch",
          read,
          ({ state, counts }) => state === "finished" && (counts[final] ?? 0) + (counts["suppressed"] ?? 0) === size,
          BATCH_DEADLINE_MS,
        );
        const optedOut = Math.ceil(size / OPTED_OUT[channel]);
        must(
          done.total === size && done.counts["suppressed"] === optedOut,
          `${done.counts["suppressed"]} of ${done.total} suppressed, expected ${optedOut} of ${size}`,
        );
        await checkReasons(marketer, batch.batchId);
        const handedOver = (await received(stage, channel)) - before;
        must(handedOver === size - optedOut, `the ledger says ${size - optedOut}, the other end received ${handedOver}`);
        stage.count("messages", size);
        stage.count("messages_suppressed", optedOut);
        stage.count(`messages_${final}`, size - optedOut);
        return `${final} ${done.counts[final]}, suppressed ${optedOut}; the other end received ${handedOver}`;
      },
    );
  }
}

async function received({ world }: Stage, channel: keyof typeof OPTED_OUT): Promise<number> {
  const destinations =
    channel === "CHANNEL_SMS" ? (await world.sms()).filter(({ text }) => text.includes("保养")).length : (await world.mails()).length;
  return destinations;
}

async function checkReasons(marketer: Api, batchId: string): Promise<void> {
  const query: Json = { batchId, state: "suppressed", pageSize: 200 };
  const { recipients } = await marketer.call<{ recipients: { reason: string }[] }>("marketing.v1.BatchService/ListRecipients", query);
  must(
    recipients.length > 0 && recipients.every(({ reason }) => reason === "opted_out"),
    `reasons given: ${[...new Set(recipients.map(({ reason }) => reason))].join(", ")}`,
  );
}
