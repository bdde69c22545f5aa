// Rooms of a service depend on each other one way: whoever reads one of them need not read them all.
import { describe, expect, it } from "@jest/globals";
import { circleOf, imported, importsOf, roomOf, type Sources, services, sourcesOf, wholeRoomOf } from "./rooms.ts";

const TOLD =
  "these imports go round in a circle, so none of the rooms can be read alone: move what both need to the side that is imported by the other, or pass it as a function in service.ts";
/** What a room must not import, wherever it may lie on the way; by service. */
const CLOSED: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  telephony: [
    ["flows", "connectors"],
    ["connectors", "flows"],
    ["intake", "connectors"],
    ["intake", "flows"],
    ["facts", "intake"],
    // A protocol tells facts and takes orders; what they mean for calls is none of its business.
    ...["ami", "ari", "esl", "webhook", "routed", "pbx"].flatMap((protocol) =>
      ["intake", "rpc", "realtime", "consumers", "clients", "context.ts"].map((room) => [`connectors/${protocol}`, room] as const),
    ),
    ...["ami", "ari", "esl", "webhook"].flatMap((one) =>
      ["ami", "ari", "esl", "webhook"]
        .filter((other) => other !== one)
        .map((other) => [`connectors/${one}`, `connectors/${other}`] as const),
    ),
  ],
};

const circles = (sources: Sources) => {
  const imports = importsOf(sources);
  return [...new Set([circleOf(imports, roomOf), circleOf(imports, wholeRoomOf)].flat())];
};
const broken = (sources: Sources, closed: readonly (readonly [string, string])[]) => {
  const imports = importsOf(sources);
  return closed.flatMap(([from, to]) => imported(imports, from, to));
};

describe("rooms of the services", () => {
  it.each(services())("of %s do not import each other in a circle", (service) => {
    const sources = sourcesOf(service);
    expect(importsOf(sources).length).toBeGreaterThan(20);
    expect({ [TOLD]: circles(sources) }).toEqual({ [TOLD]: [] });
  });

  it.each(Object.entries(CLOSED))("of %s that are to know nothing of each other do not", (service, closed) => {
    const files = Object.keys(sourcesOf(service));
    for (const room of closed.flat())
      expect([room, files.some((file) => roomOf(file) === room || wholeRoomOf(file) === room)]).toEqual([room, true]);
    expect(broken(sourcesOf(service), closed)).toEqual([]);
  });

  it("imports every file that it says it does", () => {
    for (const service of services()) {
      const sources = sourcesOf(service);
      for (const { from, to } of importsOf(sources)) expect([from, to, to in sources]).toEqual([from, to, true]);
    }
  });
});

describe("a circle", () => {
  const sound: Sources = {
    "service.ts": 'import { openLines } from "./lines/open.ts";\nimport { ring } from "./flows/ring.ts";',
    "context.ts": 'import type { Calls } from "./stores/calls.ts";',
    "lines/open.ts": 'import type { Context } from "../context.ts";\nimport { asks } from "./sip/codec.ts";',
    "lines/sip/codec.ts": 'import type { Call } from "../../domain/call.ts";',
    "flows/ring.ts": 'import {\n  type Context,\n} from "../context.ts";\nimport { nobody } from "./nobody.ts";',
    "flows/nobody.ts": "",
    "stores/calls.ts": 'import { Call } from "../domain/call.ts";',
    "domain/call.ts": 'import { z } from "zod";',
  };
  const planted = (file: string, line: string) => circles({ ...sound, [file]: `${line}\n${sound[file] ?? ""}` });

  it("is none where one room is imported by many", () => expect(circles(sound)).toEqual([]));

  it("is found between folders, inside a folder, over a file of src, and wherever it is imported as", () => {
    expect(planted("domain/call.ts", 'const late = await import("../stores/calls.ts");')).toEqual([
      "stores/calls.ts imports domain/call.ts",
      "domain/call.ts imports stores/calls.ts",
    ]);
    expect(planted("lines/sip/codec.ts", 'export { openLines } from "../open.ts";')).toContain("lines/sip/codec.ts imports lines/open.ts");
    expect(planted("stores/calls.ts", 'import type { Context } from "../context.ts";')).toContain("stores/calls.ts imports context.ts");
  });

  it("is found over three rooms", () =>
    expect(planted("domain/call.ts", 'import "../flows/ring.ts";')).toEqual(
      expect.arrayContaining([
        "domain/call.ts imports flows/ring.ts",
        "flows/ring.ts imports context.ts",
        "context.ts imports stores/calls.ts",
        "stores/calls.ts imports domain/call.ts",
      ]),
    ));

  it("is not needed for an import that is closed", () => {
    const imports = { ...sound, "flows/nobody.ts": 'import type { Sip } from "../lines/sip/codec.ts";' };
    expect(broken(imports, [["flows", "lines"]])).toEqual(["flows/nobody.ts imports lines/sip/codec.ts"]);
    expect(broken(imports, [["lines", "flows"]])).toEqual([]);
  });
});
