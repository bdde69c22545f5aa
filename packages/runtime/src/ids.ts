import { createHash, randomFillSync } from "node:crypto";

const ID_BYTES = 16;
/** Random bytes are drawn for many ids at once: the draw costs more than the id. No byte is used twice. */
const pool = Buffer.alloc(256 * ID_BYTES);
let used = pool.length;

/** A UUIDv7: sortable by the time it was made (RFC 9562). */
export function newId(now: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  bytes.writeUIntBE(now, 0, 6);
  return format(bytes, 0x70);
}

const NAMESPACE = Buffer.from("4f1d0f0c8b2e5a559d0c6d1f6a1e7b33", "hex");

/** A UUIDv5 over the parts: the same parts give the same id, so that an effect cannot happen twice (RFC 9562). */
export function contentId(...parts: readonly string[]): string {
  const hash = createHash("sha1").update(NAMESPACE);
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return format(hash.digest().subarray(0, 16), 0x50);
}

function format(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
