import type { StartedTestContainer } from "testcontainers";
import { type ContainerPlan, launch } from "./container-launch.ts";
import { removeContainer, unlessAlready } from "./container-removal.ts";
import { command, type Docker, refused } from "./docker-client.ts";
import type { RunningEngine } from "./types.ts";

/** How long an engine may take to end in order when asked to. */
const POLITE_S = 10;

/** Handles the container of an engine; `remove` is for the end of the engine, with the volume where that shall go. */
export function supervise(plan: ContainerPlan, docker: Docker, first: StartedTestContainer, remove: () => Promise<void>): RunningEngine {
  let started = first;
  const { what, address } = plan.recipe;
  const container = docker.getContainer(plan.name);
  const act = (problem: string, request: Promise<unknown>) =>
    command(what, request).catch((error) => Promise.reject(refused(what, problem, error)));
  // A frozen container takes no other signal; one that is not frozen refuses this.
  const unpause = () => command(what, container.unpause()).catch(() => {});
  const endPolitely = async () => {
    await unpause();
    await unlessAlready(command(what, started.stop({ timeout: POLITE_S * 1_000, remove: true })));
  };
  return {
    kind: "docker",
    address: address(plan.port),
    kill: async (signal) => {
      await unpause();
      const end = signal === "SIGKILL" ? container.kill({ signal }) : container.stop({ t: POLITE_S });
      await act("cannot be killed", unlessAlready(end));
      await act("does not end", unlessAlready(container.wait()));
    },
    freeze: async () => {
      await act("cannot be frozen", container.pause());
    },
    thaw: async () => {
      await act("cannot be thawed", container.unpause());
    },
    // A new container with the same port and volume: one that failed to come up again is not there to be restarted.
    restart: async () => {
      await act("does not end", endPolitely());
      await act("cannot be removed", removeContainer(docker, plan.name));
      started = await launch(plan).catch((error) => Promise.reject(refused(what, "cannot start again", error)));
    },
    stop: async () => {
      if (plan.keep) await endPolitely().catch(() => {});
      await act("cannot be removed", remove());
    },
  };
}
