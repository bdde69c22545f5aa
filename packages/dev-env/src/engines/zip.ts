import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const END_LENGTH = 22;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** One file out of a zip (a jar is one); undefined when it is not in there. Zip64 and encryption are not supported. */
export function readZipEntry(zip: Buffer, name: string): Buffer | undefined {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + END_LENGTH > zip.length || zip.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw new Error("not a zip file");
  }
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("damaged zip directory");
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString("utf8", at + 46, at + 46 + nameLength) === name) return entryData(zip, at);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return undefined;
}

function entryData(zip: Buffer, directoryAt: number): Buffer {
  const method = zip.readUInt16LE(directoryAt + 10);
  const packed = zip.readUInt32LE(directoryAt + 20);
  const size = zip.readUInt32LE(directoryAt + 24);
  const local = zip.readUInt32LE(directoryAt + 42);
  // The local header repeats the name and has its own extra field, so its length is not that of the directory's.
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const data = zip.subarray(start, start + packed);
  if (method === STORED) return data;
  if (method !== DEFLATED) throw new Error(`unknown zip method ${method}`);
  return inflateRawSync(data, { maxOutputLength: size });
}
