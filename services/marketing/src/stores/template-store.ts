import { DomainError } from "@trunkline/errors";
import type { RowStore, StoreBackend } from "@trunkline/store";
import type { Template } from "../domain/template.ts";
import { type CompiledTemplate, compileTemplate } from "../rendering/render-template.ts";

export type Compiled = { readonly template: Template; readonly compiled: CompiledTemplate };

export type TemplateStore = {
  /** The latest version, if there is one. */
  find(tenant: string, templateId: string): Promise<Compiled | undefined>;
  /** The latest version. @throws DomainError not_found template_not_found */
  latest(tenant: string, templateId: string): Promise<Compiled>;
  /** @throws DomainError not_found template_not_found */
  version(tenant: string, templateId: string, version: number): Promise<Compiled>;
  /** Adds a version, unless the latest one says the same. @throws DomainError invalid template_invalid */
  put(tenant: string, template: Omit<Template, "version">): Promise<Template>;
};

const CACHED = 500;
/** Others who add versions at the same time. */
const RACES = 10;

/**
 * Versions are rows of their own, `<id>/<version>`; the row `<id>` names the latest. The version goes in first, so that
 * whatever the latest names is there.
 */
export async function openTemplateStore(backend: StoreBackend): Promise<TemplateStore> {
  const rows = await backend.rows<Template>({
    name: "templates",
    indexes: [],
  });
  const cache = new Map<string, Compiled>();
  const get = async (tenant: string, templateId: string, version: number): Promise<Compiled> => {
    const key = `${tenant}/${rowId(templateId, version)}`;
    const known = cache.get(key);
    if (known) return known;
    const row = await rows.find(tenant, rowId(templateId, version));
    if (!row) throw missing();
    // Of before templates had a purpose: the one for which most rules hold.
    const template: Template = { ...row, purpose: row.purpose ?? "marketing" };
    const fresh = { template, compiled: compileTemplate(template) };
    if (cache.size >= CACHED) cache.clear();
    cache.set(key, fresh);
    return fresh;
  };
  const find = async (tenant: string, templateId: string) => {
    const head = await rows.find(tenant, templateId);
    return head && get(tenant, templateId, head.version);
  };
  return {
    version: get,
    find,
    latest: async (tenant, templateId) => {
      const latest = await find(tenant, templateId);
      if (!latest) throw missing();
      return latest;
    },
    put: (tenant, template) => putVersion(rows, tenant, template),
  };
}

async function putVersion(rows: RowStore<Template>, tenant: string, template: Omit<Template, "version">): Promise<Template> {
  compileTemplate({ ...template, version: 0 });
  const latest = (await rows.find(tenant, template.templateId))?.version ?? 1;
  for (let version = latest; version < latest + RACES; version++) {
    const stored = await rows.upsert(tenant, rowId(template.templateId, version), (row) => (row ? undefined : { ...template, version }));
    if (!stored || !sameText(stored, template)) continue;
    await rows.upsert(tenant, template.templateId, (head) => (head && head.version >= version ? undefined : stored));
    return stored;
  }
  throw new DomainError("conflict", "template_write_conflict", "this template is being changed by others: try again", {
    templateId: template.templateId,
  });
}

const rowId = (templateId: string, version: number) => `${templateId}/${version}`;
const missing = () => new DomainError("not_found", "template_not_found", "there is no such template: put it first");
const sameText = (a: Omit<Template, "version">, b: Omit<Template, "version">) =>
  a.channel === b.channel && a.purpose === b.purpose && a.subject === b.subject && a.body === b.body;
