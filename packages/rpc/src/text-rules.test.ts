import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CreateCustomerRequestSchema, IdentifyCallerRequestSchema } from "@trunkline/proto/customer";
import { PutTemplateRequestSchema, SendMessageRequestSchema } from "@trunkline/proto/marketing";
import { OpenRequestRequestSchema, PutRequestQueueRequestSchema } from "@trunkline/proto/service-desk";
import { ControlCallRequestSchema, FinishWrapUpRequestSchema } from "@trunkline/proto/telephony";
import fc from "fast-check";
import { badText } from "./text-rules.ts";

const nameOf = (name: string) => badText(CreateCustomerRequestSchema, create(CreateCustomerRequestSchema, { name }));
const descriptionOf = (description: string) => badText(OpenRequestRequestSchema, create(OpenRequestRequestSchema, { description }));

describe("one line of text", () => {
  it.each(["王伟", "O'Neill-Ünal", "José 🇨🇳 👩‍🔧", "محمد", "न्यू", "a b", "한글", "㐀𠀀", ""])("may be %j", (name) => {
    expect(nameOf(name)).toBeUndefined();
  });

  it.each([
    ["a NUL", "王\u0000伟"],
    ["a line feed", "王\n伟"],
    ["a carriage return", "王\r\nBcc: x"],
    ["a tabulator", "a\tb"],
    ["an escape", "\u001b[31m"],
    ["a C1 control", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["a turn of direction", "a\u202eb"],
    ["an isolate", "a\u2066b"],
    ["a zero-width space", "a\u200bb"],
    ["a byte order mark", "\ufeffa"],
    ["what was no UTF-8", "a\ufffdb"],
    ["half a character", "a\ud800b"],
  ])("holds not %s", (_what, name) => {
    expect(nameOf(name)).toMatchObject({ path: "name" });
    expect(JSON.stringify(nameOf(name))).not.toContain("Bcc");
  });

  it.each([" ", "\u00a0\u3000", "\u200d\u200c", "\u3164", "\u2800", "\u115f\u1160", "\ufe0f", "\u034f"])(
    "that shows nothing is none: %j",
    (name) => expect(nameOf(name)).toEqual({ path: "name", why: "must show something" }),
  );

  it("is judged by its characters, wherever they stand", () => {
    const inside = fc.tuple(fc.string({ unit: "grapheme-ascii" }), fc.constantFrom("\u0000", "\n", "\u202e", "\u200b"), fc.string());
    fc.assert(fc.property(inside, (parts) => nameOf(parts.join("")) !== undefined));
  });
});

describe("several lines of text", () => {
  it("are what agents write of a call", () => {
    const note = "要改约\n下午再打";
    const action = { action: { case: "transfer", value: { note } } } as const;
    expect(badText(ControlCallRequestSchema, create(ControlCallRequestSchema, { action }))).toBeUndefined();
    expect(badText(FinishWrapUpRequestSchema, create(FinishWrapUpRequestSchema, { note }))).toBeUndefined();
  });

  it("may have breaks and tabulators, and nothing else that is not seen", () => {
    expect(descriptionOf("one\r\n\ttwo\n")).toBeUndefined();
    for (const bad of ["a\u0000", "a\u001b[2J", "a\u202e", "\u200b", "\n \n"])
      expect(descriptionOf(bad)).toMatchObject({ path: "description" });
    const body = "<p>\n{{ customer.name }}</p>";
    expect(badText(PutTemplateRequestSchema, create(PutTemplateRequestSchema, { template: { body } }))).toBeUndefined();
    expect(badText(PutTemplateRequestSchema, create(PutTemplateRequestSchema, { template: { subject: "a\nBcc: x" } }))).toMatchObject({
      path: "template.subject",
    });
  });
});

describe("text of a request", () => {
  it("is looked at in lists, in maps with their keys, in messages inside and in the one that was chosen", () => {
    const bad = "a\u0000";
    const found = [
      badText(CreateCustomerRequestSchema, create(CreateCustomerRequestSchema, { tags: ["ok", bad] })),
      badText(SendMessageRequestSchema, create(SendMessageRequestSchema, { variables: { link: bad } })),
      badText(SendMessageRequestSchema, create(SendMessageRequestSchema, { variables: { [bad]: "x" } })),
      badText(PutRequestQueueRequestSchema, create(PutRequestQueueRequestSchema, { queue: { ladder: [{}, { ownerId: bad }] } })),
      badText(
        ControlCallRequestSchema,
        create(ControlCallRequestSchema, { action: { action: { case: "decline", value: { offerId: bad } } } }),
      ),
    ];
    expect(found.map((one) => one?.path)).toEqual([
      "tags.1",
      "variables.0",
      "variables.0",
      "queue.ladder.1.owner_id",
      "action.decline.offer_id",
    ]);
  });

  it("off the line of an exchange is taken as it came", () => {
    const request = create(IdentifyCallerRequestSchema, { number: "\u0000\n" });
    expect(badText(IdentifyCallerRequestSchema, request)).toBeUndefined();
  });
});
