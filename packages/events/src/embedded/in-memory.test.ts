import { transportContract } from "../contract/transport.contract.ts";
import { openEmbeddedBus } from "./testing.ts";

transportContract("in memory", (name) => openEmbeddedBus(name, ":memory:"));
