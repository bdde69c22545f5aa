import { createServer } from "node:http";
import { metricsHandler } from "@trunkline/telemetry";
import { withDeadline } from "./deadline.ts";

type Check = () => Promise<void> | void;

/**
 * /healthz (the process answers), /readyz (every check passes within 2 s) and /metrics (Prometheus text) on one port.
 * @param checks named; a check that throws makes the instance unready and is named in the answer
 */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  checks: Record<string, Check>,
): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    if (request.url === "/metrics") return metricsHandler(request, response);
    if (request.url === "/healthz") return void response.end("ok\n");
    if (request.url !== "/readyz") return void response.writeHead(404).end("not found\n");
    void readiness(checks).then((failed) => {
      response.writeHead(failed.length === 0 ? 200 : 503).end(failed.length === 0 ? "ready\n" : `not ready: ${failed.join(", ")}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readiness(checks: Record<string, Check>): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withDeadline(name, 2_000, Promise.resolve(check()));
        return undefined;
      } catch {
        return name;
      }
    }),
  );
  return results.filter((name) => name !== undefined);
}
