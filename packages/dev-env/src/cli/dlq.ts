// npm run dlq -- list <service> | replay <service> <topic> <key>: what a consumer could not handle, and trying it again.
// The database is that of MONGO_URL, or of a running `npm start`.
import { connectMongo } from "@trunkline/mongo";
import { SERVICES } from "../system/service-names.ts";
import { readRunFile } from "./run-file.ts";

type Parked = { _id: string; tenant: string; topic: string; key: string; code: string; replay?: boolean };

const [action, service, topic, key] = process.argv.slice(2);
const known = SERVICES.find((name) => name === service);
const mongoUrl = process.env["MONGO_URL"] || readRunFile(process.env["TRUNKLINE_DATA"] ?? ".trunkline")?.mongoUrl;
if (!known || (action !== "list" && !(action === "replay" && topic && key))) {
  console.error("trunkline: say  npm run dlq -- list <service>  or  npm run dlq -- replay <service> <topic> <key>");
  process.exit(2);
}
if (!mongoUrl) {
  console.error("trunkline: set MONGO_URL, or run npm start first");
  process.exit(2);
}
await using mongo = await connectMongo(mongoUrl, process.env["MONGO_DATABASE"] ?? known);
const parked = mongo.connection.collection<Parked>("parked_keys");
if (action === "list") {
  for (const { topic, key, code, replay } of await parked.find({ tenant: known }).limit(1_000).toArray()) {
    console.log(`${topic} ${key} ${code}${replay ? " (replay asked)" : ""}`);
  }
} else {
  // The service sees the mark within a second, applies the letters of this key in order and takes the mark away.
  const { matchedCount } = await parked.updateOne({ tenant: known, topic: topic ?? "", key: key ?? "" }, { $set: { replay: true } });
  console.log(matchedCount === 1 ? "the service replays it now; list shows when it is done" : "no such key is parked");
  process.exitCode = matchedCount === 1 ? 0 : 1;
}
