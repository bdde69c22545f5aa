import { DomainError } from "@trunkline/errors";
import { Liquid } from "liquidjs";
import type { Template } from "../domain/template.ts";

export type Rendered = { readonly subject: string; readonly body: string };
export type Variables = { readonly name: string; readonly variables: Readonly<Record<string, string>> };

export type CompiledTemplate = {
  /** Full paths of what it names and does not make itself. */
  readonly needs: readonly string[];
  /** @throws DomainError invalid template_render_failed, naming the template and never the values */
  render(values: Variables): Rendered;
};

const LIMITS = {
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  // No file is ever read: an include finds what stands here, which is nothing.
  templates: {},
  parseLimit: 120_000,
  renderLimit: 200,
  memoryLimit: 1_000_000,
} as const;

const text = new Liquid(LIMITS);
const html = new Liquid({ ...LIMITS, outputEscape: "escape" });

/** @throws DomainError invalid template_invalid */
export function compileTemplate({ templateId, channel, subject, body }: Template): CompiledTemplate {
  const engine = channel === "email" ? html : text;
  try {
    // A subject is a header, not HTML: escaping would show.
    const [head, main] = [text.parse(subject), engine.parse(body)];
    const needs = [...new Set([...text.globalFullVariablesSync(head), ...engine.globalFullVariablesSync(main)])];
    return {
      needs,
      render: (values) =>
        rendered(templateId, () => ({
          subject: oneLine(text.renderSync(head, scopeOf(values))),
          body: String(engine.renderSync(main, scopeOf(values))),
        })),
    };
  } catch (error) {
    throw new DomainError("invalid", "template_invalid", `the template is not valid Liquid: ${firstLine(error)}`, { templateId }, error);
  }
}

function rendered(templateId: string, work: () => Rendered): Rendered {
  try {
    return work();
  } catch {
    // The engine's message may quote a value: it stays out of the log.
    throw new DomainError(
      "invalid",
      "template_render_failed",
      `template ${templateId} could not be filled in: check its variables and its size`,
      { templateId },
    );
  }
}

const scopeOf = ({ name, variables }: Variables) => ({ ...variables, customer: { name } });

const oneLine = (value: unknown) => String(value).replace(/[\r\n]+/g, " ");

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 200) ?? "";
}
