// What the cluster lets through, by the policies as they are written; no cluster is asked.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

const FILE = fileURLToPath(new URL("../deploy/k8s/base/network-policies.yaml", import.meta.url));

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z.array(z.strictObject({ key: z.string(), operator: z.enum(["In", "NotIn"]), values: z.array(z.string()) })).optional(),
});
const peer = z.strictObject({ podSelector: selector.optional(), namespaceSelector: selector.optional() });
const ports = z.array(z.strictObject({ protocol: z.enum(["TCP", "UDP"]), port: z.int().min(1).max(65_535) })).min(1);
const policy = z.strictObject({
  apiVersion: z.literal("networking.k8s.io/v1"),
  kind: z.literal("NetworkPolicy"),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).min(1),
    ingress: z.array(z.strictObject({ from: z.array(peer).min(1), ports })).optional(),
    egress: z.array(z.strictObject({ to: z.array(peer).min(1).optional(), ports })).optional(),
  }),
});
type Labels = Readonly<Record<string, string>>;
type Place = { readonly pod: Labels; readonly namespace: Labels };

const policies = parseAllDocuments(readFileSync(FILE, "utf8")).map((document) => policy.parse(document.toJS()));

function selects({ matchLabels = {}, matchExpressions = [] }: z.output<typeof selector>, given: Labels): boolean {
  const alike = Object.entries(matchLabels).every(([key, value]) => given[key] === value);
  return alike && matchExpressions.every(({ key, operator, values }) => values.includes(given[key] ?? "") === (operator === "In"));
}

const OURS: Labels = { "kubernetes.io/metadata.name": "trunkline" };

/** A peer without a namespace is of ours. */
function isPeer({ podSelector = {}, namespaceSelector }: z.output<typeof peer>, { pod, namespace }: Place): boolean {
  const there = namespaceSelector ? selects(namespaceSelector, namespace) : namespace === OURS;
  return there && selects(podSelector, pod);
}

/** Whether the policies of one side let it through: where one selects a pod for this direction, only what some one names. */
function passes(side: "ingress" | "egress", own: Place, other: Place, port: number): boolean {
  if (own.namespace !== OURS) return true;
  const type = side === "ingress" ? "Ingress" : "Egress";
  const those = policies.map(({ spec }) => spec).filter((spec) => spec.policyTypes.includes(type) && selects(spec.podSelector, own.pod));
  if (those.length === 0) return true;
  return those.some((spec) =>
    (spec[side] ?? []).some((rule) => {
      const peers = "from" in rule ? rule.from : "to" in rule ? rule.to : undefined;
      return rule.ports.some((one) => one.port === port) && (peers === undefined || peers.some((one) => isPeer(one, other)));
    }),
  );
}
const reaches = (from: Place, to: Place, port: number) => passes("egress", from, to, port) && passes("ingress", to, from, port);

const our = (name: string): Place => ({
  pod: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "trunkline" },
  namespace: OURS,
});
const elsewhere = (namespace: Labels, pod: Labels = {}): Place => ({ pod, namespace });
const ingress = elsewhere({ "trunkline.io/access": "ingress" });
const monitoring = elsewhere({ "trunkline.io/access": "monitoring" });
const stranger = elsewhere({ "kubernetes.io/metadata.name": "default" });
const guest: Place = { pod: { app: "guest" }, namespace: OURS };
const dns = elsewhere({ "kubernetes.io/metadata.name": "kube-system" }, { "k8s-app": "kube-dns" });
const SERVICES = ["workforce", "customer", "marketing", "service-desk", "telephony", "analytics", "gateway"];
const PORTS = [50_051, 9_090, 8_080, 8_081];

describe("the network policies", () => {
  it("let services call each other, and nobody else call them", () => {
    for (const to of SERVICES) {
      for (const from of SERVICES) expect([from, to, reaches(our(from), our(to), 50_051)]).toEqual([from, to, true]);
      for (const from of [ingress, monitoring, stranger, guest]) expect(reaches(from, our(to), 50_051)).toBe(false);
    }
  });

  it("let the ingress reach the API and the desktops, and nothing else", () => {
    const open = SERVICES.flatMap((to) => PORTS.filter((port) => reaches(ingress, our(to), port)).map((port) => `${to} ${port}`));
    expect(open).toEqual(["telephony 8081", "gateway 8080"]);
  });

  it("let the monitoring read metrics, and nothing else", () => {
    for (const to of SERVICES) expect(PORTS.filter((port) => reaches(monitoring, our(to), port))).toEqual([9_090]);
  });

  it("let nobody else in", () => {
    for (const to of SERVICES)
      for (const from of [stranger, guest]) expect(PORTS.filter((port) => reaches(from, our(to), port))).toEqual([]);
  });

  it("let out to names and to what each needs: the gateway to no data", () => {
    const out = (from: string) => [27_017, 9_092, 6_379, 5_038, 2_775, 80].filter((port) => reaches(our(from), stranger, port));
    expect(out("gateway")).toEqual([]);
    expect(out("customer")).toEqual([27_017, 9_092, 6_379]);
    expect(out("topics-and-indexes")).toEqual([27_017, 9_092, 6_379]);
    expect(out("telephony")).toEqual([27_017, 9_092, 6_379, 5_038]);
    expect(out("marketing")).toEqual([27_017, 9_092, 6_379, 2_775]);
    for (const from of SERVICES) expect(reaches(our(from), dns, 53)).toBe(true);
    expect(reaches(guest, stranger, 27_017)).toBe(false);
  });
});
