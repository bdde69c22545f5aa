const PREFIX = "whsec_";

/** The key in "whsec_<base64>"; at least 24 bytes. @throws RangeError for anything else */
export function webhookKey(secret: string): Buffer {
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), "base64") : Buffer.alloc(0);
  if (key.length < 24 || key.toString("base64") !== secret.slice(PREFIX.length))
    throw new RangeError("a webhook's secret is whsec_ and base64 of at least 24 bytes");
  return key;
}
