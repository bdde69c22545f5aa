import type { Docker } from "./docker-client.ts";

/** Docker's answers to what is already so: not modified, not there, not in that state. */
const ALREADY = [304, 404, 409];

export async function unlessAlready(request: Promise<unknown>): Promise<void> {
  await request.catch((error: { statusCode?: number }) => {
    if (!ALREADY.includes(error.statusCode ?? 0)) throw error;
  });
}

/** Removes a container, running or not, and its volume where one is given: after it, for it is in use until then. */
export async function removeContainer(docker: Docker, name: string, volume?: string): Promise<void> {
  await unlessAlready(docker.getContainer(name).remove({ force: true, v: true }));
  if (volume !== undefined) await unlessAlready(docker.getVolume(volume).remove({ force: true }));
}
