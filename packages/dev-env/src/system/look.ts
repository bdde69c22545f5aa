import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readEventLog, type Transport } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import type { Family } from "./family.ts";

/** To read the events of a system, wherever they are. */
export type Look = Pick<Transport, "scan" | "backlog"> & AsyncDisposable;

export async function lookAt({ DATA_DIR, KAFKA_BROKERS }: Family["settings"], prefix: string): Promise<Look> {
  if (DATA_DIR !== "") {
    const log = readEventLog({ file: join(DATA_DIR, "events.db"), prefix });
    return { ...log, [Symbol.asyncDispose]: async () => log[Symbol.dispose]() };
  }
  const { connectKafka } = await import("@trunkline/events/kafka");
  return connectKafka(KAFKA_BROKERS, "look", createLogger("look", "silent"), prefix);
}

export type StoredDocument = Readonly<Record<string, unknown>> & { readonly _id: unknown };

/** All documents of a tenant in a service's collection, as they stand; for checkers beside the system. @param database as the service names it */
export async function documentsIn(
  { DATA_DIR, MONGO_URL }: Family["settings"],
  { service, database, collection, tenant }: Readonly<Record<"service" | "database" | "collection" | "tenant", string>>,
): Promise<readonly StoredDocument[]> {
  if (DATA_DIR !== "") {
    using db = new DatabaseSync(join(DATA_DIR, `${service}.db`), { readOnly: true });
    const rows = db.prepare(`SELECT doc FROM "${collection}" WHERE tenant = ?`).all(tenant);
    return rows.map(({ doc }) => JSON.parse(String(doc)) as StoredDocument);
  }
  const { connectMongo } = await import("@trunkline/store/mongo");
  await using mongo = await connectMongo(MONGO_URL, database);
  return (await mongo.connection.collection(collection).find({ tenant }).toArray()) as StoredDocument[];
}
