import { transportContract } from "../contract/transport.contract.ts";
import { openKafkaBus } from "./testing.ts";

transportContract("on Kafka", (name) => openKafkaBus(name));
