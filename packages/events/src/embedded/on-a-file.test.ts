import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { killContract } from "../contract/kill.contract.ts";
import { transportContract } from "../contract/transport.contract.ts";
import { openEmbeddedBus, someFolder } from "./testing.ts";

const folder = someFolder();
afterAll(() => folder[Symbol.dispose]());

const open = (name: string) => openEmbeddedBus(name, join(folder.path, `${name}.db`));

transportContract("on a file", open);
killContract(open);
