import { jest } from "@jest/globals";
import { transportContract } from "../contract/transport.contract.ts";
import { openKafkaBus } from "./testing.ts";

jest.setTimeout(60_000);

transportContract("on Kafka", (name) => openKafkaBus(name));
