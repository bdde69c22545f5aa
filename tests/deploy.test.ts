// What operators are given, held against what the services ask for. No network and no cluster: the files are read.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import type { Relay } from "@trunkline/events";
import { memoryBackend, type StoreBackend } from "@trunkline/store";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { asEnvFile, asSecrets, makeKeys } from "../deploy/keys/keys.ts";
import { dataOfServices } from "../deploy/prepare/data-of-services.ts";
import { configSchema as analytics } from "../services/analytics/src/config.ts";
import { configSchema as customer } from "../services/customer/src/config.ts";
import { configSchema as gateway } from "../services/gateway/src/config.ts";
import { configSchema as marketing } from "../services/marketing/src/config.ts";
import { configSchema as serviceDesk } from "../services/service-desk/src/config.ts";
import { configSchema as telephony } from "../services/telephony/src/config.ts";
import { configSchema as workforce } from "../services/workforce/src/config.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const BASE = `${ROOT}deploy/k8s/base/`;
const SERVICES = readdirSync(`${ROOT}services`);
const schemas: Readonly<Record<string, z.ZodObject>> = {
  analytics,
  customer,
  gateway,
  marketing,
  "service-desk": serviceDesk,
  telephony,
  workforce,
};

const container = z.object({
  image: z.string(),
  args: z.array(z.string()),
  envFrom: z.array(
    z.union([z.object({ configMapRef: z.object({ name: z.string() }) }), z.object({ secretRef: z.object({ name: z.string() }) })]),
  ),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  resources: z.object({ requests: z.object({ cpu: z.string(), memory: z.string() }), limits: z.object({ memory: z.string() }) }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
  }),
});
const probe = (path: string) => z.object({ httpGet: z.object({ path: z.literal(path), port: z.literal("health") }) });
const served = container.extend({ livenessProbe: probe("/healthz"), startupProbe: probe("/healthz"), readinessProbe: probe("/readyz") });
const pod = <C extends z.ZodType>(one: C) =>
  z.object({
    serviceAccountName: z.string(),
    automountServiceAccountToken: z.literal(false),
    terminationGracePeriodSeconds: z.literal(30),
    securityContext: z.object({ runAsNonRoot: z.literal(true), seccompProfile: z.object({ type: z.literal("RuntimeDefault") }) }),
    containers: z.tuple([one]),
  });
const workload = <C extends z.ZodType>(one: C) => z.object({ spec: z.object({ template: z.object({ spec: pod(one) }) }) });

type Manifest = { kind: string; metadata: { name: string }; data?: Record<string, string>; stringData?: Record<string, string> };

const documents = (file: string): Manifest[] =>
  parseAllDocuments(readFileSync(`${BASE}${file}`, "utf8")).map((document) => document.toJS() as Manifest);
const envName = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
/** Empty counts as unset, as in loadConfig. MongoDB's address may be left out only where the store is memory. */
const required = (service: string): string[] => {
  const fields = Object.entries(schemas[service]?.shape ?? {});
  return fields.filter(([key, field]) => key === "mongoUrl" || !z.safeParse(field, undefined).success).map(([key]) => envName(key));
};

const keySecrets = (JSON.parse(asSecrets(await makeKeys())) as { items: Manifest[] }).items;
const sources = [...documents("configmap.yaml"), ...documents("secret.example.yaml"), ...keySecrets];
const provided = (refs: z.output<typeof container>["envFrom"]): Record<string, string> =>
  Object.assign(
    {},
    ...refs.map((ref) => {
      const [kind, name] = "secretRef" in ref ? ["Secret", ref.secretRef.name] : ["ConfigMap", ref.configMapRef.name];
      const source = sources.find((one) => one.kind === kind && one.metadata.name === name);
      if (!source) throw new Error(`nothing defines the ${kind} ${name}`);
      return source.data ?? source.stringData;
    }),
  );

describe("the Kubernetes base", () => {
  it("lists every manifest and applies no example secret", () => {
    const { resources } = parse(readFileSync(`${BASE}kustomization.yaml`, "utf8")) as { resources: string[] };
    const present = readdirSync(BASE).filter((file) => !["kustomization.yaml", "secret.example.yaml"].includes(file));
    expect([...resources].sort()).toEqual(present.sort());
  });

  it.each(SERVICES)("gives %s an account, a service, a disruption budget and a probed, unprivileged deployment", (service) => {
    const manifests = documents(`${service}.yaml`);
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(["Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"]);
    expect(new Set(manifests.map(({ metadata }) => metadata.name))).toEqual(new Set([service]));
    const deployment = workload(served).parse(manifests.find(({ kind }) => kind === "Deployment"));
    expect(deployment.spec.template.spec.containers[0].args).toEqual([service]);
    expect(deployment.spec.template.spec.serviceAccountName).toBe(service);
  });

  it.each(SERVICES)("gives %s every setting that it needs, with values that it takes", (service) => {
    const deployment = workload(served).parse(documents(`${service}.yaml`).find(({ kind }) => kind === "Deployment"));
    const env = provided(deployment.spec.template.spec.containers[0].envFrom);
    expect(required(service).filter((name) => !env[name])).toEqual([]);
    const fields = Object.keys(schemas[service]?.shape ?? {});
    const values = Object.fromEntries(fields.map((key) => [key, env[envName(key)]]).filter(([, value]) => value !== undefined));
    expect(schemas[service]?.safeParse(values).error?.issues ?? []).toEqual([]);
  });

  it("names the ports as the image has them", () => {
    const image = readFileSync(`${ROOT}Dockerfile`, "utf8");
    const variable: Readonly<Record<string, string>> = {
      grpc: "RPC_PORT",
      health: "HEALTH_PORT",
      http: "HTTP_PORT",
      desktop: "DESKTOP_PORT",
    };
    for (const service of SERVICES) {
      const deployment = workload(served).parse(documents(`${service}.yaml`).find(({ kind }) => kind === "Deployment"));
      for (const { name, containerPort } of deployment.spec.template.spec.containers[0].ports) {
        expect(image).toContain(`${variable[name]}=${containerPort}`);
      }
    }
  });

  it("prepares topics and indexes unprivileged, knowing brokers and database", () => {
    const job = workload(container).parse(documents("topics-and-indexes.yaml").find(({ kind }) => kind === "Job"));
    const [{ args, envFrom }] = job.spec.template.spec.containers;
    expect(args).toEqual(["prepare"]);
    expect(Object.keys(provided(envFrom))).toEqual(expect.arrayContaining(["KAFKA_BROKERS", "MONGO_URL"]));
  });
});

describe("compose", () => {
  type Service = { environment: Record<string, string>; command: string[]; read_only: boolean; healthcheck: object };
  const { services } = parse(readFileSync(`${ROOT}deploy/compose/compose.yaml`, "utf8"), { merge: true }) as {
    services: Record<string, Service>;
  };

  it.each(SERVICES)("runs %s read-only with every setting that it needs", (service) => {
    const { environment, command, read_only, healthcheck } = services[service] as Service;
    expect({ command, read_only, checked: "test" in healthcheck }).toEqual({ command: [service], read_only: true, checked: true });
    expect(required(service).filter((name) => !environment[name])).toEqual([]);
  });

  it("asks for no variable that the keys and the example do not give", async () => {
    const example = readFileSync(`${ROOT}deploy/compose/.env.example`, "utf8");
    const text = readFileSync(`${ROOT}deploy/compose/compose.yaml`, "utf8");
    const given = new Set([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
    for (const [, name] of asEnvFile(await makeKeys()).matchAll(/^([A-Z_]+)=/gm)) given.add(name);
    const asked = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !given.has(name))).toEqual([]);
  });
});

describe("what prepares topics and indexes", () => {
  const relay: Relay = { offer: () => true, size: () => 0, drain: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
  const sourceOf = (service: string): string => {
    const folder = `${ROOT}services/${service}/src/stores/`;
    if (!existsSync(folder)) return "";
    const source = readdirSync(folder)
      .filter((file) => !/\.(test|test-support)\.ts$/.test(file))
      .map((file) => readFileSync(folder + file, "utf8"))
      .join("\n");
    // A copy that two services hold is a package.
    return source.includes("openCalendarCopy")
      ? source + readFileSync(`${ROOT}packages/reference-copy/src/calendar-copy.ts`, "utf8")
      : source;
  };

  /** A kind is a file. */
  const collectionsOfRecords = (service: string): string[] => {
    const folder = `${ROOT}services/${service}/src/kinds/`;
    if (!existsSync(folder)) return [];
    const plurals = readdirSync(folder).map((file) => /plural: "([a-z_]+)"/.exec(readFileSync(folder + file, "utf8"))?.[1] ?? file);
    return [...plurals, "kind_settings", "record_history", "record_numbers"];
  };

  it.each(SERVICES)("knows every topic that %s declares", (service) => {
    const declared = [...sourceOf(service).matchAll(/ = topic\("([a-z_.]+)"/g)].map(([, name]) => `trunkline.${name}.v1`);
    expect((dataOfServices[service]?.topics ?? []).map(({ name }) => name).sort()).toEqual(declared.sort());
  });

  it.each(SERVICES)("opens every collection of %s", async (service) => {
    const opens = /(?:backend\.(?:rows|aggregates)(?:<[^(]*>)?\(|openReferenceCopy\(backend, )\{\s*name: "([a-z_]+)"/g;
    const named = [...sourceOf(service).matchAll(opens)].map(([, name]) => name);
    const numbered = [...sourceOf(service).matchAll(/openNumberStore\(backend, "([a-z_]+)"/g)].map(([, noun]) => `${noun}_numbers`);
    const declared = [...named, ...numbered, ...collectionsOfRecords(service)];
    const calls = [...sourceOf(service).matchAll(/backend\.(?:rows|aggregates)\b|openReferenceCopy\(/g)];
    expect(named).toHaveLength(calls.length);
    const opened: string[] = [];
    const memory = memoryBackend(relay, () => 0);
    const noted = (open: (spec: never) => Promise<unknown>) => (spec: { readonly name: string }) => {
      opened.push(spec.name);
      return open(spec as never);
    };
    const backend = { ...memory, rows: noted(memory.rows), aggregates: noted(memory.aggregates) } as unknown as StoreBackend;
    for (const store of dataOfServices[service]?.stores ?? []) await store(backend);
    expect(opened.sort()).toEqual(declared.sort());
  });
});
