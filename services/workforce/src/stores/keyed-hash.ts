import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { addressPrefix } from "../domain/log-in-tries.ts";

/** A remembered machine is forgotten after so long. */
const DEVICE_MS = 180 * 86_400_000;

/** Names what must not be stored as it is, the same on every instance. */
export type KeyedHash = (...parts: readonly string[]) => string;

/** @param secret known to every instance and to nobody else */
export function createKeyedHash(secret: string): KeyedHash {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "trunkline log-in", 32));
  return (...parts) => createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url");
}

/** Names from where somebody called; empty where that is not known. */
export function addressHash(hash: KeyedHash, address: string): string {
  return address === "" ? "" : hash("address", addressPrefix(address));
}

/** What a machine shows to be known: no secret of the account, only that a log-in of it was right here before. */
export function sealDevice(hash: KeyedHash, tenant: string, employeeId: string, at: number): string {
  return `${at}.${hash("device", tenant, employeeId, String(at))}`;
}

/** The name of the machine where it is one of this employee; undefined for all else. */
export function knownDevice(hash: KeyedHash, device: string, tenant: string, employeeId: string, now: number): string | undefined {
  const [made = "", seal = ""] = device.split(".");
  const [given, expected] = [Buffer.from(seal), Buffer.from(hash("device", tenant, employeeId, made))];
  const fits = given.length === expected.length && timingSafeEqual(given, expected) && Number(made) > now - DEVICE_MS;
  return fits ? made : undefined;
}
