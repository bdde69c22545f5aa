import kafkajs, { type Admin } from "kafkajs";
import { placeOf } from "../transport.ts";
import type { KafkaParts } from "./parts.ts";

const { MemberMetadata } = kafkajs.AssignerProtocol;

/** Looks again and again for whoever waits, so it keeps its connection. */
export function openBacklog({ client, prefix }: KafkaParts) {
  let connected: Promise<Admin> | undefined;
  const connect = async () => {
    const admin = client.admin();
    await admin.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return admin;
  };
  return {
    async read(groups: readonly string[]): Promise<string[]> {
      connected ??= connect();
      const admin = await connected;
      const ends = new Map<string, Map<number, number>>();
      const waiting: string[] = [];
      for (const group of groups) waiting.push(...(await waitingFor(admin, prefix, group, ends)));
      return waiting;
    },
    close: async () => {
      await (await connected?.catch(() => undefined))?.disconnect().catch(() => undefined);
    },
  };
}

async function waitingFor(admin: Admin, prefix: string, group: string, ends: Map<string, Map<number, number>>): Promise<string[]> {
  const topics = await topicsOf(admin, prefix + group);
  if (!topics) return [`${group}, which joins its group`];
  const waiting: string[] = [];
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId: prefix + group, topics }).catch(() => [])) {
    if (!ends.has(topic))
      ends.set(topic, new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)])));
    for (const { partition, offset } of partitions) {
      const high = ends.get(topic)?.get(partition) ?? 0;
      // A partition that was never committed stands at -1: everything in it waits.
      if (Math.max(0, Number(offset)) < high) waiting.push(`${group} on ${placeOf(topic, partition)}`);
    }
  }
  return waiting;
}

/** What a group reads, also before it has committed anything; undefined while it gathers. Of one that nobody is in, what it has committed. */
async function topicsOf(admin: Admin, groupId: string): Promise<string[] | undefined> {
  const [group] = (await admin.describeGroups([groupId])).groups;
  if (group?.state === "Empty") return (await admin.fetchOffsets({ groupId })).map(({ topic }) => topic);
  if (group?.state !== "Stable") return undefined;
  return [...new Set(group.members.flatMap(({ memberMetadata }) => MemberMetadata.decode(memberMetadata)?.topics ?? []))];
}
