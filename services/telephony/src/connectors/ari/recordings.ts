import { DomainError, isDomainError } from "@trunkline/errors";
import type { ConnectorConfig } from "../../connector-config.ts";
import { keptElsewhere, type Recordings } from "../../domain/recording.ts";
import { type AriHttp, ariHttp } from "./http.ts";

const DEADLINE_MS = 5_000;
/** The longest recording is an hour or two; who listens does not wait for all of it. */
const READ_MS = 120_000;

export function openRecordings(connectors: readonly ConnectorConfig[]): Recordings {
  const stack = new DisposableStack();
  const shelves = new Map<string, AriHttp>();
  for (const connector of connectors) if (connector.kind === "ari") shelves.set(connector.id, stack.use(ariHttp(connector)));
  const shelf = (connectorId: string): AriHttp => {
    const found = shelves.get(connectorId);
    if (found) return found;
    throw keptElsewhere();
  };
  const path = (name: string) => `/recordings/stored/${encodeURIComponent(name)}`;
  return {
    deletes: (connectorId) => shelves.has(connectorId) || !connectors.some(({ id }) => id === connectorId),
    async *read(connectorId, name) {
      try {
        yield* shelf(connectorId).download(`${path(name)}/file`, READ_MS);
      } catch (error) {
        if (!isGone(error)) throw error;
        throw new DomainError("not_found", "recording_gone", "the exchange does not have this recording any more");
      }
    },
    async remove(connectorId, name) {
      try {
        await shelf(connectorId).send({ method: "DELETE", path: path(name) }, DEADLINE_MS);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    [Symbol.dispose]: () => stack.dispose(),
  };
}

const isGone = (error: unknown) => isDomainError(error) && error.details["status"] === "404";
