export { type KafkaSecurity, kafkaClient } from "./client.ts";
export { connectKafka } from "./transport.ts";
