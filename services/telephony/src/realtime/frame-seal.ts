import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Shuts what goes into a store that others may read; open() gives undefined for what this key did not shut, or not for this place. */
export type FrameSeal = { seal(text: string, place: string): string; open(sealed: string, place: string): string | undefined };

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key made of a secret that all instances share. */
export function frameSeal(secret: string): FrameSeal {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "trunkline desktop mailbox", 32));
  return {
    seal(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(place));
      return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}
