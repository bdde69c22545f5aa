import { randomInt } from "node:crypto";
import { type AddressInfo, createServer, type Server } from "node:net";
import { portHolder } from "./port-holder.ts";
import { EngineError } from "./types.ts";

/** Every local engine listens on this address only. */
export const LOOPBACK = "127.0.0.1";

/**
 * Where free ports are looked for: below those that systems hand out to whoever opens a connection or listens on port 0 (from 32768 on
 * Linux), so that a port stays free between its claim and the start of the process that is to listen there.
 */
const [LOWEST, PORTS, TRIES] = [20_000, 12_000, 50];

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
      const server = await (wanted === undefined
        ? bindFree(forWhat)
        : bind(wanted).catch((error: NodeJS.ErrnoException) => explain(error, wanted, forWhat)));
      held.push(server);
      ports.push((server.address() as AddressInfo).port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  }
}

/** At a random place, so that two systems which start at once do not take the same ports. */
async function bindFree(forWhat: string): Promise<Server> {
  for (let tries = 0; tries < TRIES; tries++) {
    const server = await bind(LOWEST + randomInt(PORTS)).catch(() => undefined);
    if (server) return server;
  }
  throw new EngineError(`${forWhat}: no TCP port to be had`);
}

function bind(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => resolve(server));
  });
}

async function explain(error: NodeJS.ErrnoException, wanted: number, forWhat: string): Promise<never> {
  if (error.code !== "EADDRINUSE") throw new EngineError(`${forWhat}: cannot listen on port ${wanted}: ${error.message}`);
  const holder = await portHolder(wanted);
  const by = holder ? ` by ${holder}` : "";
  throw new EngineError(`${forWhat}: port ${wanted} is taken${by}; stop that process or choose another port`);
}
