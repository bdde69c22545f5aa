import { getContainerRuntimeClient } from "testcontainers";
import { removeContainer } from "./container-removal.ts";

/** Run in place of a process that ended without removing its container; see last-will.ts. Arguments: container, volume if it shall go. */
const [container = "", volume] = process.argv.slice(2);
const client = await getContainerRuntimeClient();
await removeContainer(client.container.dockerode, container, volume);
process.exit(0);
