import { randomBytes } from "node:crypto";
import { generateKeys } from "@trunkline/auth";

const SERVICES = ["workforce", "customer", "marketing", "service-desk", "telephony", "analytics", "gateway"];

/** Secrets that nobody chooses: of one service, by the name of the variable. */
const RANDOM: Readonly<Record<string, readonly string[]>> = {
  marketing: ["LINK_SECRET"],
  "service-desk": ["SURVEY_SECRET"],
  telephony: ["NUMBER_HASH_KEY"],
};

/** Variables of each service: SERVICE_KEY is its own, TRUSTED_KEYS is the same for all. */
export type ServiceKeys = Readonly<Record<string, Readonly<Record<string, string>>>>;

export async function makeKeys(): Promise<ServiceKeys> {
  const { privateKeys, trusted } = await generateKeys(SERVICES);
  const of = (service: string) => ({
    SERVICE_KEY: JSON.stringify(privateKeys[service]),
    TRUSTED_KEYS: JSON.stringify(trusted),
    ...Object.fromEntries((RANDOM[service] ?? []).map((name) => [name, randomBytes(32).toString("hex")])),
  });
  return Object.fromEntries(SERVICES.map((service) => [service, of(service)]));
}

/** Lines of a compose .env: SERVICE_KEY carries its service's name in front there, the other names are unique. */
export function asEnvFile(keys: ServiceKeys): string {
  const lines = Object.entries(keys).flatMap(([service, variables]) =>
    Object.entries(variables).map(
      ([name, value]) => `${name === "SERVICE_KEY" ? `${service.toUpperCase().replace("-", "_")}_` : ""}${name}='${value}'\n`,
    ),
  );
  return [...new Set(lines)].join("");
}

/** Kubernetes Secrets `<service>-keys`, as one List in JSON for `kubectl apply -f -`. */
export function asSecrets(keys: ServiceKeys): string {
  const items = Object.entries(keys).map(([service, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${service}-keys`, labels: { "app.kubernetes.io/part-of": "trunkline" } },
    type: "Opaque",
    stringData,
  }));
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`;
}
