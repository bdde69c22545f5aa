import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

/** A line between browsers and the desktop socket that can be cut and mended. */
export type Line = { readonly url: string; leadTo(url: string): void; cut(): void; mend(): void } & AsyncDisposable;

export async function openLine(): Promise<Line> {
  const open = new Set<Socket>();
  let target: URL | undefined;
  let whole = true;
  const server = createServer((near) => {
    if (!whole || !target) return void near.destroy();
    const far = dial(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const drop = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `ws://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    leadTo(url) {
      target = new URL(url);
    },
    cut() {
      whole = false;
      drop();
    },
    mend() {
      whole = true;
    },
    [Symbol.asyncDispose]: async () => {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
