import { backOff } from "@trunkline/runtime";
import type { Topic } from "../topic.ts";
import type { KafkaParts } from "./parts.ts";

const DAYS_30_MS = 30 * 24 * 3_600_000;

/** Creates the topics that are missing. A broker that accepts connections is not yet ready for this, so it is tried for up to 30 s. */
export async function ensureTopics({ client, prefix, mostPartitions }: KafkaParts, topics: readonly Topic[]): Promise<void> {
  const admin = client.admin();
  const wanted = topics.map((topic) => ({
    topic: prefix + topic.name,
    numPartitions: Math.min(topic.partitions, mostPartitions),
    configEntries: topic.compacted ? [{ name: "cleanup.policy", value: "compact" }] : [{ name: "retention.ms", value: String(DAYS_30_MS) }],
  }));
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.connect();
      const existing = new Set(await admin.listTopics());
      const missing = wanted.filter(({ topic }) => !existing.has(topic));
      if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true, timeout: 10_000 });
      // Another service may be creating the same ones just now: they count only when they have a leader.
      await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
      await admin.disconnect();
      return;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      if (attempt === 20) throw error;
      await backOff(attempt, 100, 2_000);
    }
  }
}
