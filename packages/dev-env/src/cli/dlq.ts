// What a consumer could not handle: looking at it, trying it again, dropping it. The data are those of MONGO_URL or DATA_DIR, or of a running `npm start`.
import { openFileDeadLetters } from "@trunkline/store";
import { connectMongo, openDeadLetters } from "@trunkline/store/mongo";
import { CONSUMERS } from "../system/service-names.ts";
import { misread, START_FOLDER } from "./command-line.ts";
import { DLQ_USAGE, readDlq, runDlq } from "./dlq-commands.ts";
import { readRunFile } from "./run-file.ts";

const command = readDlq(process.argv.slice(2));
const service = CONSUMERS.find((name) => name === command?.service);
const running = readRunFile(START_FOLDER);
const mongoUrl = process.env["MONGO_URL"] || running?.mongoUrl;
const dataDir = process.env["DATA_DIR"] || running?.dataDir;
if (!command || !service) misread(`say  ${DLQ_USAGE}\nservices: ${CONSUMERS.join(", ")}`);
await using stack = new AsyncDisposableStack();
const open = async () => {
  if (mongoUrl)
    return openDeadLetters(stack.use(await connectMongo(mongoUrl, process.env["MONGO_DATABASE"] ?? service)), service, Date.now);
  if (dataDir) return stack.use(openFileDeadLetters(`${dataDir}/${service}.db`, service, Date.now));
  return misread("set MONGO_URL or DATA_DIR, or run npm start first");
};
process.exitCode = await runDlq(await open(), command, (line) => console.log(line));
