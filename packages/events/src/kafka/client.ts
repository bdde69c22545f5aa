import { readFileSync } from "node:fs";
import type { Logger } from "@trunkline/runtime";
import { Kafka as KafkaClient, type KafkaConfig, logLevel } from "kafkajs";
import "./patches.ts";

/** How the brokers are reached. */
export type KafkaSecurity = {
  readonly tls?: boolean | undefined;
  /** File of the authority that signed the brokers' certificates; without it the public ones count. */
  readonly ca?: string | undefined;
  readonly sasl?:
    | { readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; readonly username: string; readonly password: string }
    | undefined;
};

/** @throws Error when the file cannot be read, or a password would go over the network in clear */
export function securityOptions({ tls, ca, sasl }: KafkaSecurity): Pick<KafkaConfig, "ssl" | "sasl"> {
  const ssl = tls === true || ca !== undefined;
  if (sasl?.mechanism === "plain" && !ssl)
    throw new Error("KAFKA_SECURITY: with the mechanism plain the password is sent in clear: set tls");
  return {
    ...(ssl ? { ssl: ca === undefined ? true : { ca: [readFileSync(ca, "utf8")] } } : {}),
    ...(sasl ? { sasl: sasl as NonNullable<KafkaConfig["sasl"]> } : {}),
  };
}

/** The client with the settings of this system, for the transport and for what measures the bare client beside it. */
export function kafkaClient(brokers: string, clientId: string, log: Logger, security: KafkaSecurity = {}): KafkaClient {
  return new KafkaClient({
    brokers: brokers.split(","),
    ...securityOptions(security),
    clientId,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log: entry }) =>
        log.debug({ kafka: entry.message }, "kafka client"),
  });
}
