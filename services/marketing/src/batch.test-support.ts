import { Channel, Purpose } from "@trunkline/proto/marketing";
import { inOrder } from "@trunkline/store";
import type { Context } from "./context.ts";
import type { SendChannel } from "./domain/contact.ts";
import { giveConsent, optOut } from "./domain/contact-permission.ts";
import type { Message } from "./domain/message.ts";
import { call, TENANT, tryOf, until, type World } from "./engine.test-support.ts";
import { createBatch } from "./rpc/create-batch.ts";
import { getBatch } from "./rpc/get-batch.ts";

/** Everybody wants news, but every twentieth, who has said no. */
export async function prepared({ templates, permissions }: Context, world: World, channel: SendChannel): Promise<void> {
  const body = "{{ customer.name }}您好，保养八折。退订回TD";
  await templates.put(TENANT, { templateId: "news", channel, purpose: "marketing", subject: "{{ customer.name }}", body });
  for (const [n, { customerId }] of world.people.entries()) {
    const word = { channel, purpose: "marketing", proof: "form", at: world.now() } as const;
    await permissions.change(call, customerId, (permission) => (n % 20 === 0 ? optOut(permission, word) : giveConsent(permission, word)));
  }
}

/** The id of a new batch of news to everybody. */
export async function start(context: Context, channel = Channel.SMS, requestId = "r1"): Promise<string> {
  const request = { segmentId: "everybody", templateId: "news", channel, purpose: Purpose.MARKETING, requestId };
  return (await createBatch(context, request as never, tryOf(requestId))).batch?.batchId ?? "";
}

export const read = async (context: Context, batchId: string) => (await getBatch(context, { batchId } as never, call)).batch;

export const finished = (context: Context, batchId: string) =>
  until("the batch is finished", async () => (await read(context, batchId))?.state === "finished");

export const receiptsIn = (context: Context, batchId: string) =>
  until("every receipt is in", async () => (await read(context, batchId))?.counts?.["sent"] === undefined);

export async function ledger({ messages }: Context, batchId: string): Promise<Message[]> {
  const rows: Message[] = [];
  for (let token = ""; ; ) {
    const page = await messages.page(TENANT, { batchId }, inOrder("_id", { pageSize: 200, pageToken: token }));
    rows.push(...page.items);
    token = page.nextToken;
    if (token === "") return rows;
  }
}

export const sorted = (ids: readonly string[]) => [...ids].sort();
