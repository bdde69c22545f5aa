import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readZipEntry } from "./zip.ts";

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly packed: boolean;
}

/** A zip as other tools write it: local headers with an extra field that the directory does not have, and a comment. */
function zipOf(entries: readonly Entry[], comment: string): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, packed } of entries) {
    const data = packed ? deflateRawSync(content) : Buffer.from(content);
    const title = Buffer.from(name);
    const extra = Buffer.alloc(7, 1);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(packed ? 8 : 0, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(at, 42);
    directory.push(central, title);
    parts.push(local, title, extra, data);
    at += 30 + title.length + extra.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

const entry = fc.record({
  name: fc.string({ minLength: 1, maxLength: 20 }),
  content: fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
  packed: fc.boolean(),
});

describe("readZipEntry", () => {
  it("gives back every file as it was put in, packed or stored", () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 6 }), (entries) => {
        const zip = zipOf(entries, "made by a test");
        for (const { name, content } of entries) expect(readZipEntry(zip, name)).toEqual(Buffer.from(content));
      }),
    );
  });

  it("has nothing for a name that is not in the file", () => {
    expect(readZipEntry(zipOf([{ name: "a", content: Buffer.from("x"), packed: true }], ""), "b")).toBeUndefined();
  });

  it("refuses a file that is no zip", () => {
    expect(() => readZipEntry(Buffer.from("an error page instead of a jar"), "a")).toThrow("not a zip file");
  });
});
