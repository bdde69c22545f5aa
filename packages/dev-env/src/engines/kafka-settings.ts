/** Where one broker listens and keeps its data. */
export interface BrokerPlace {
  /** What the broker binds, and what it tells clients. */
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Folder of the partitions. */
  readonly logs: string;
}

/** The text of `server.properties` for one node on a small machine. */
export function brokerSettings({ host, port, controllerPort, logs }: BrokerPlace): string {
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@${host}:${controllerPort}`,
    listeners: `PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://${host}:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": logs,
    ...sharedSettings,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n")}\n`;
}

/** The same for a process and for a container. */
export const sharedSettings: Readonly<Record<string, string | number | boolean>> = {
  // A misspelt topic shall be an error and not a new topic.
  "auto.create.topics.enable": false,
  "offsets.topic.replication.factor": 1,
  "offsets.topic.num.partitions": 4,
  "transaction.state.log.replication.factor": 1,
  "transaction.state.log.min.isr": 1,
  "transaction.state.log.num.partitions": 2,
  "share.coordinator.state.topic.replication.factor": 1,
  "share.coordinator.state.topic.min.isr": 1,
  "share.coordinator.state.topic.num.partitions": 2,
  // Nobody waits for a second consumer that will not come.
  "group.initial.rebalance.delay.ms": 0,
  "group.min.session.timeout.ms": 1_000,
  // A killed broker is back in 5 s instead of 14.
  "broker.session.timeout.ms": 1_500,
  "broker.heartbeat.interval.ms": 300,
  "num.network.threads": 2,
  "num.io.threads": 4,
  // The default takes 128 MB of a 256 MB heap.
  "log.cleaner.dedupe.buffer.size": 4_194_304,
};
