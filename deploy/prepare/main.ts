// docker run IMAGE prepare: topics and indexes of every service, ahead of a roll-out. It opens the data as a service does,
// and consumes and serves nothing; what is there already stays as it is.
import { generateKeys } from "@trunkline/auth";
import { loadConfig } from "@trunkline/config";
import { createLogger } from "@trunkline/runtime";
import { openPlatform, platformConfig } from "@trunkline/service";
import { z } from "zod";
import { dataOfServices } from "./data-of-services.ts";

const DEADLINE_MS = 240_000;
const { mongoUrl, kafkaBrokers, kafkaSecurity, topicPrefix, topicPartitions, logLevel } = platformConfig;

async function prepare(): Promise<void> {
  const given = loadConfig(z.object({ mongoUrl, kafkaBrokers, kafkaSecurity, topicPrefix, topicPartitions, logLevel }), process.env);
  // Signs nothing that anybody sees: the platform only wants to have a key.
  const { privateKeys, trusted } = await generateKeys(["prepare"]);
  // An empty database name is the service's own name, as in the services.
  const rest = {
    mongoDatabase: "",
    dataDir: "",
    synchronous: "normal",
    rpcHost: "127.0.0.1",
    rpcPort: 0,
    rpcReflection: false,
    rpcTlsDir: "",
    healthHost: "127.0.0.1",
    healthPort: 0,
    workforceAddress: "",
    auditDays: 0,
    archiveDir: "",
    failpoints: "",
  } as const;
  for (const [service, { topics, stores }] of Object.entries(dataOfServices)) {
    const config = { ...given, ...rest, serviceKey: privateKeys["prepare"], trustedKeys: trusted };
    const opened = await openPlatform(service, topics, config, { log: createLogger("prepare", "warn") }, async ({ backend }) => {
      for (const open of stores) await open(backend);
    });
    await opened[Symbol.asyncDispose]();
    log.info({ owner: service, topics: topics.map(({ name }) => name) }, "topics and indexes are there");
  }
}

const log = createLogger("prepare");
const overdue = setTimeout(() => {
  log.error({}, `not ready within ${DEADLINE_MS / 1000} s: look at the brokers and the database, then run it again`);
  process.exit(1);
}, DEADLINE_MS);
try {
  await prepare();
} catch (error) {
  log.error({ err: error }, `could not prepare: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
clearTimeout(overdue);
setTimeout(() => process.exit(), 200).unref();
