import { createServer, type Server } from "node:net";
import { portHolder } from "./port-holder.ts";
import { EngineError } from "./types.ts";

/** Every local engine listens on this address only. */
export const LOOPBACK = "127.0.0.1";

/** `wanted` after checking that it is free (an error names who holds it), or a free port when none is wanted. */
export async function claimPort(wanted: number | undefined, forWhat: string): Promise<number> {
  const [port] = await claimPorts([{ wanted, forWhat }]);
  return port as number;
}

/** Like {@link claimPort} for several at once: they are all held while probing, so no two come out the same. */
export async function claimPorts(
  requests: readonly {
    readonly wanted: number | undefined;
    readonly forWhat: string;
  }[],
): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (const { wanted, forWhat } of requests) {
      const server = await bind(wanted ?? 0).catch((error: NodeJS.ErrnoException) => explain(error, wanted, forWhat));
      held.push(server);
      const address = server.address();
      if (address === null || typeof address === "string") throw new EngineError(`${forWhat}: no TCP port to be had`);
      ports.push(address.port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  }
}

function bind(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

async function explain(error: NodeJS.ErrnoException, wanted: number | undefined, forWhat: string): Promise<never> {
  if (error.code !== "EADDRINUSE") throw new EngineError(`${forWhat}: cannot listen on port ${wanted}: ${error.message}`);
  const holder = await portHolder(wanted ?? 0);
  const by = holder ? ` by ${holder}` : "";
  throw new EngineError(`${forWhat}: port ${wanted} is taken${by}; stop that process or choose another port`);
}
