// Which room of a service imports which: a folder is a room, and so is each file that lies in src itself.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SERVICES = fileURLToPath(new URL("../services/", import.meta.url));
/** Tests and what supports them may reach into every room. */
const BESIDE = /\.(test|contract|test-support)\.ts$/;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/** By file of one service's src, "flows/distribute.ts": its text. */
export type Sources = Readonly<Record<string, string>>;
export type Import = { readonly from: string; readonly to: string };

export const services = (): string[] => readdirSync(SERVICES).sort();

export function sourcesOf(service: string): Sources {
  const src = join(SERVICES, service, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && !BESIDE.test(file));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
}

/** Imports between files of one service, of types too. */
export function importsOf(sources: Sources): Import[] {
  return Object.entries(sources).flatMap(([from, text]) =>
    [...text.matchAll(IMPORT)].map(([, to = ""]) => ({ from, to: join(dirname(from), to) })).filter(({ to }) => !to.startsWith("..")),
  );
}

/** The folder of a file, "connectors/ami"; a file of src itself is a room of its own. */
export const roomOf = (file: string): string => (file.includes("/") ? dirname(file) : file);
/** The same with the rooms inside a room taken together: "connectors". */
export const wholeRoomOf = (file: string): string => file.split("/")[0] ?? file;

/** Whether a room is this one or inside of it. */
const isIn = (room: string, file: string) => file === room || file.startsWith(`${room}/`);

/** Imports from one room to another, each as "flows/turns.ts imports connectors/arrivals.ts". */
export function imported(imports: readonly Import[], fromRoom: string, toRoom: string): string[] {
  return imports.filter(({ from, to }) => isIn(fromRoom, from) && isIn(toRoom, to)).map(({ from, to }) => `${from} imports ${to}`);
}

/** One circle of rooms, with the imports that make it, or nothing: the shortest that there is. */
export function circleOf(imports: readonly Import[], room: (file: string) => string): string[] {
  const ways = new Map<string, Map<string, Import>>();
  for (const one of imports) {
    const [from, to] = [room(one.from), room(one.to)];
    if (from === to) continue;
    const known = ways.get(from) ?? new Map<string, Import>();
    ways.set(from, known.has(to) ? known : known.set(to, one));
  }
  const circles = [...ways.keys()].map((start) => wayBack(ways, start)).filter((circle) => circle.length > 0);
  const [shortest = []] = circles.sort((a, b) => a.length - b.length);
  return shortest.map(({ from, to }) => `${from} imports ${to}`);
}

/** The shortest way from a room to itself. */
function wayBack(ways: ReadonlyMap<string, ReadonlyMap<string, Import>>, start: string): Import[] {
  const seen = new Set<string>();
  let paths: { readonly at: string; readonly path: readonly Import[] }[] = [{ at: start, path: [] }];
  while (paths.length > 0) {
    const next: typeof paths = [];
    for (const { at, path } of paths) {
      for (const [to, one] of ways.get(at) ?? []) {
        if (to === start) return [...path, one];
        if (!seen.has(to)) next.push({ at: to, path: [...path, one] });
        seen.add(to);
      }
    }
    paths = next;
  }
  return [];
}
