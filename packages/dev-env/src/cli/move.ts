// npm run move: an embedded installation goes on with MongoDB and Kafka.
import { dataOfServices } from "../../../../deploy/prepare/data-of-services.ts";
import { move } from "../move/move.ts";
import { commandLine, DATA_FOLDER, misread, told } from "./command-line.ts";

const USAGE = `npm run move -- --mongo MONGO_URL --kafka HOST:PORT,...   carries the data of DATA_DIR, else of npm start, over: stop Trunkline first
then start the services with MONGO_URL, KAFKA_BROKERS, REDIS_URL and the keys of secrets.json; settings by environment: TOPIC_PREFIX, TOPIC_PARTITIONS`;
const { values } = commandLine(USAGE, { options: { mongo: { type: "string" }, kafka: { type: "string" } } });
const { mongo: mongoUrl = misread(USAGE), kafka: kafkaBrokers = misread(USAGE) } = values;

try {
  const moved = await move({
    folder: DATA_FOLDER,
    mongoUrl,
    kafkaBrokers,
    prefix: process.env["TOPIC_PREFIX"] ?? "",
    topics: Object.values(dataOfServices).flatMap(({ topics }) => topics),
    mostPartitions: Number(process.env["TOPIC_PARTITIONS"] ?? 48),
    print: (line) => console.log(line),
  });
  console.log(`carried over: ${moved.documents} documents, ${moved.events} events; the folder stays as it is`);
} catch (error) {
  console.error(`trunkline: ${told(error)}`);
  process.exitCode = 1;
}
