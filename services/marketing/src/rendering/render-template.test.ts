import { describe, expect, it } from "@jest/globals";
import type { Template } from "../domain/template.ts";
import { checkVariables } from "../domain/template.ts";
import { compileTemplate } from "./render-template.ts";

const template = (body: string, more: Partial<Template> = {}): Template => ({
  templateId: "t",
  channel: "sms",
  purpose: "marketing",
  subject: "",
  body,
  version: 1,
  ...more,
});
const person = { name: "王小明", variables: { link: "https://t.example/s/1" } };

describe("a template", () => {
  it("says what it needs before anything is sent, and a missing variable is refused by its name", () => {
    const { needs } = compileTemplate(
      template("{% assign x = link %}{{ customer.name }} {{ x }} {% for i in items %}{{ i.price }}{% endfor %}"),
    );
    expect([...needs].sort()).toEqual(["customer.name", "items", "link"]);
    expect(() => checkVariables(needs, ["link"])).toThrow(
      expect.objectContaining({ code: "template_variable_missing", details: { variable: "items" } }),
    );
    expect(() => checkVariables(["customer.phone"], [])).toThrow(expect.objectContaining({ code: "template_variable_missing" }));
  });

  it("is filled in as text for SMS and escaped for e-mail, its subject on one line and not escaped", () => {
    expect(compileTemplate(template("{{ customer.name }} {{ link }}")).render(person).body).toBe("王小明 https://t.example/s/1");
    const mail = compileTemplate(template("<p>{{ customer.name }}</p>", { channel: "email", subject: "{{ customer.name }}" }));
    expect(mail.render({ name: "<b>A&\r\nBcc: x</b>", variables: {} })).toEqual({
      subject: "<b>A& Bcc: x</b>",
      body: "<p>&lt;b&gt;A&amp;\r\nBcc: x&lt;/b&gt;</p>",
    });
  });

  it.each(["{{ customer.constructor.name }}", "{{ missing }}", "{{ link.constructor }}"])(
    "%s is not filled in, and the error holds no value",
    (body) => {
      const attempt = () => compileTemplate(template(body)).render(person);
      expect(attempt).toThrow(expect.objectContaining({ code: "template_render_failed", message: expect.not.stringContaining("王") }));
    },
  );

  it.each(["{% if %}", "{{ customer.name | nosuchfilter }}", "{% include 'etc/passwd' %}", "{{ x"])(
    "%j is refused when it is put or filled in",
    (body) => {
      expect(() => compileTemplate(template(body)).render(person)).toThrow(expect.objectContaining({ kind: "invalid" }));
    },
  );

  it("that is too long is refused", () => {
    expect(() => compileTemplate(template("a".repeat(130_000)))).toThrow(expect.objectContaining({ code: "template_invalid" }));
  });

  it("that loops without end is stopped", () => {
    const body = "{% for a in (1..100000) %}{% for b in (1..100000) %}{{ b }}{% endfor %}{% endfor %}";
    expect(() => compileTemplate(template(body)).render(person)).toThrow(expect.objectContaining({ code: "template_render_failed" }));
  });
});
