import { createWriteStream, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { StartedTestContainer, WaitStrategy } from "testcontainers";
import type { ContainerRecipe } from "./containers.ts";
import { loadTestcontainers } from "./docker-client.ts";
import { LOOPBACK } from "./ports.ts";
import { diedEarly, type Watched, waitUntilReady } from "./readiness.ts";

/** An engine's container before it is started, the same for every start of it. */
export interface ContainerPlan {
  readonly recipe: ContainerRecipe;
  readonly name: string;
  readonly volume: string;
  /** The data outlive the container. */
  readonly keep: boolean;
  readonly port: number;
  readonly logFile: string;
  /** Ryuk can run here and looks after the container as well. */
  readonly ryuk: boolean;
}

type Container = Parameters<WaitStrategy["waitUntilReady"]>[0];

/** Starts the container and waits until the engine in it answers; what failed may leave a container of that name. */
export async function launch(plan: ContainerPlan): Promise<StartedTestContainer> {
  const { GenericContainer, getContainerRuntimeClient } = await loadTestcontainers();
  const { container: containers } = await getContainerRuntimeClient();
  const { recipe, name, volume, port, ryuk } = plan;
  const watch = new Watch(plan.logFile, (container) => containers.logs(container));
  class OnLoopback extends GenericContainer {
    /** `withExposedPorts` publishes on every address of the machine, and engines here ask for no password. */
    protected override async beforeContainerCreated(): Promise<void> {
      this.hostConfig.PortBindings = { [`${recipe.port}/tcp`]: [{ HostIp: LOOPBACK, HostPort: String(port) }] };
    }

    protected override async containerCreated(id: string): Promise<void> {
      watch.begin(containers.getById(id));
    }
  }
  const container = new OnLoopback(recipe.image)
    .withName(name)
    .withAutoCleanup(ryuk)
    .withExposedPorts({ container: recipe.port, host: port })
    .withBindMounts([{ source: volume, target: recipe.dataPath }])
    .withEnvironment(recipe.settings(port))
    .withLogConsumer((stream) => watch.takeLog(stream))
    .withWaitStrategy(new Answers(plan, watch));
  if (recipe.args.length > 0) container.withCommand([...recipe.args]);
  const died = watch.exited.then(async () => Promise.reject(await diedEarly(recipe.what, watch)));
  try {
    // One that ends at once has no ports, and testcontainers waits ten seconds for them before it looks at anything else.
    return await Promise.race([container.start(), died]);
  } finally {
    watch.end();
  }
}

/** Looks at a container from its making until it is ready. It counts as dead once its log is complete, for the log says why. */
class Watch implements Watched {
  readonly logFile: string;
  readonly logStart: number;
  readonly #readLog: (container: Container) => Promise<Readable>;
  readonly #exit = Promise.withResolvers<string>();
  readonly exited = this.#exit.promise;
  readonly #over = new AbortController();
  #alive = true;
  #log: Promise<unknown> | undefined;

  constructor(logFile: string, readLog: (container: Container) => Promise<Readable>) {
    this.logFile = logFile;
    this.logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    this.#readLog = readLog;
  }

  isAlive(): boolean {
    return this.#alive;
  }

  begin(container: Container): void {
    container
      .wait({ condition: "next-exit", abortSignal: this.#over.signal })
      .then(async ({ StatusCode }: { StatusCode: number }) => {
        if (!this.#log) this.takeLog(await this.#readLog(container));
        await this.#log;
        this.#alive = false;
        this.#exit.resolve(`exit code ${StatusCode}`);
      })
      // Given up by end(), or Docker is gone: whoever waits for the engine's answer notices that.
      .catch(() => {});
  }

  /** Copies the container's log into the engine's own, for as long as it goes on. */
  takeLog(stream: Readable): void {
    this.#log ??= finished(stream.pipe(createWriteStream(this.logFile, { flags: "a" }))).catch(() => {});
  }

  /** The request that waits for the container's end would keep this process up as long as the container. */
  end(): void {
    this.#over.abort();
  }
}

/** Ready is what answers a real request: an open port is not (Docker opens it before the engine listens). */
class Answers implements WaitStrategy {
  readonly #plan: ContainerPlan;
  readonly #child: Watched;
  #deadlineMs = 60_000;
  #set = false;

  constructor(plan: ContainerPlan, child: Watched) {
    this.#plan = plan;
    this.#child = child;
  }

  waitUntilReady(): Promise<void> {
    const { recipe, port } = this.#plan;
    return waitUntilReady(recipe.what, () => recipe.probe(recipe.address(port)), { child: this.#child, deadlineMs: this.#deadlineMs });
  }

  withStartupTimeout(deadlineMs: number): this {
    this.#deadlineMs = deadlineMs;
    this.#set = true;
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return this.#set;
  }

  getStartupTimeout(): number {
    return this.#deadlineMs;
  }
}
