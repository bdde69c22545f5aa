import { createLogger } from "@trunkline/runtime";
import { deadLettersContract } from "../dead-letters.contract.ts";
import { retentionContract } from "../retention.contract.ts";
import { storeContract } from "../store.contract.ts";
import { type MongoBackendOptions, mongoBackend } from "./backend.ts";
import { connectMongo } from "./connect.ts";

const open = async (offer: MongoBackendOptions["relay"]["offer"]) => {
  const mongo = await connectMongo(process.env["MONGO_URL"] ?? "", `contract_${process.pid}_${Math.round(performance.now())}`);
  const backend = mongoBackend({ mongo, relay: { offer }, now: () => Date.now(), log: createLogger("contract", "silent") });
  const dispose = async () => {
    await backend[Symbol.asyncDispose]();
    await mongo.connection.dropDatabase();
    await mongo[Symbol.asyncDispose]();
  };
  return { ...backend, [Symbol.asyncDispose]: dispose };
};

storeContract("MongoDB", open);
deadLettersContract("MongoDB", () => open(() => true));
retentionContract("MongoDB", () => open(() => true));
