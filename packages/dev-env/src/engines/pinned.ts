import pinned from "../../assets/engine-artifacts.json" with { type: "json" };
import type { EngineName } from "./types.ts";

/** One pinned file of a Maven repository. */
export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** The files of a local engine, in the order of the list. */
export function pinnedArtifacts(engine: EngineName): Artifact[] {
  return Object.entries(pinned[engine]).map(([coordinate, sha256]) => {
    const [group = "", name = "", version = ""] = coordinate.split(":");
    return { group, name, version, sha256 };
  });
}

export function fileName(artifact: Artifact): string {
  return `${artifact.name}-${artifact.version}.jar`;
}

/** Where a file lies under the base of any Maven repository. */
export function repositoryPath(artifact: Artifact): string {
  return `${artifact.group.replaceAll(".", "/")}/${artifact.name}/${artifact.version}/${fileName(artifact)}`;
}
