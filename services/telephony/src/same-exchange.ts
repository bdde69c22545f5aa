import type { ConnectorConfig } from "./connector-config.ts";

/**
 * What would be told twice: two connections of one tenant to the same exchange (each call would pop and count twice), one application of
 * Asterisk for two connections (each event would go to one of them), or two connections of one name. Said so that the administrator finds both.
 */
export function sameExchange(connectors: readonly ConnectorConfig[]): string | undefined {
  const seen = new Map<string, ConnectorConfig>();
  for (const [n, one] of connectors.entries()) {
    if (connectors.findIndex(({ id }) => id === one.id) !== n) return `has two connections with the id "${one.id}": give each its own`;
    const place = placeOf(one);
    if (place === undefined) continue;
    const key = one.kind === "ari" ? place : `${one.tenant} ${place}`;
    const other = seen.get(key);
    if (other)
      return `has one exchange twice: "${other.id}" and "${one.id}" are both ${place}; leave one of them out, or give it an exchange${one.kind === "ari" ? " or application" : ""} of its own`;
    seen.set(key, one);
  }
  return undefined;
}

/** Protocol, host, port and application; a vendor's address for orders may serve several connections. */
function placeOf(connector: ConnectorConfig): string | undefined {
  switch (connector.kind) {
    case "ami":
    case "esl":
      return `${connector.kind} ${hostOf(connector.host)}:${connector.port}`;
    case "ari": {
      const { hostname, port, protocol, pathname } = new URL(connector.url);
      const at = `${hostOf(hostname)}:${port || (protocol === "https:" ? "443" : "80")}`;
      return `ari ${at}${pathname.replace(/\/+$/, "")} application ${connector.app}`;
    }
    case "webhook":
      return undefined;
  }
}

function hostOf(host: string): string {
  const plain = host.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  return plain === "localhost" || plain === "::1" ? "127.0.0.1" : plain;
}
