import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ChannelCredentials, credentials, ServerCredentials } from "@grpc/grpc-js";

/** Both sides show a certificate for the name `trunkline` that this authority has signed. */
export type Tls = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

/**
 * @param folder with ca.crt, tls.crt and tls.key, as a Kubernetes secret of type tls mounts them; empty: no TLS
 * @throws Error that names the file which cannot be read
 */
export function readTls(folder: string): Tls | undefined {
  if (folder === "") return undefined;
  const read = (name: string) => readFileSync(join(folder, name));
  return { ca: read("ca.crt"), cert: read("tls.crt"), key: read("tls.key") };
}

/**
 * The name in every certificate, whatever the address: instances also call each other by address, and which service answers is proved by its
 * token, not by its certificate.
 */
export const TLS_OPTIONS = { "grpc.ssl_target_name_override": "trunkline", "grpc.default_authority": "trunkline" };

export function clientCredentials(tls: Tls | undefined): ChannelCredentials {
  return tls ? credentials.createSsl(tls.ca, tls.key, tls.cert) : credentials.createInsecure();
}

export function serverCredentials(tls: Tls | undefined): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.cert, private_key: tls.key }], true);
}
