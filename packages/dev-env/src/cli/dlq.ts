// What a consumer could not handle: looking at it, trying it again, dropping it. The database is that of MONGO_URL, or of a running `npm start`.
import { connectMongo, openDeadLetters } from "@trunkline/mongo";
import { CONSUMERS } from "../system/service-names.ts";
import { misread } from "./command-line.ts";
import { DLQ_USAGE, readDlq, runDlq } from "./dlq-commands.ts";
import { readRunFile } from "./run-file.ts";

const command = readDlq(process.argv.slice(2));
const service = CONSUMERS.find((name) => name === command?.service);
const mongoUrl = process.env["MONGO_URL"] || readRunFile(process.env["TRUNKLINE_DATA"] ?? ".trunkline")?.mongoUrl;
if (!command || !service) misread(`say  ${DLQ_USAGE}\nservices: ${CONSUMERS.join(", ")}`);
if (!mongoUrl) misread("set MONGO_URL, or run npm start first");
await using mongo = await connectMongo(mongoUrl, process.env["MONGO_DATABASE"] ?? service);
process.exitCode = await runDlq(await openDeadLetters(mongo, service, Date.now), command, (line) => console.log(line));
