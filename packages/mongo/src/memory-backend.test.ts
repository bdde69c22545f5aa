import { deadLettersContract } from "./dead-letters.contract.ts";
import { memoryBackend } from "./memory-backend.ts";
import { retentionContract } from "./retention.contract.ts";
import { storeContract } from "./store.contract.ts";

storeContract("memory", async (offer) => memoryBackend({ offer }, Date.now));
deadLettersContract("memory", async () => memoryBackend({ offer: () => true }, Date.now));
retentionContract("memory", async () => memoryBackend({ offer: () => true }, Date.now));
