import { type DescField, type DescFile, type DescMessage, getOption } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { personal } from "@trunkline/proto";
import * as analytics from "@trunkline/proto/analytics";
import * as customer from "@trunkline/proto/customer";
import * as marketing from "@trunkline/proto/marketing";
import * as desk from "@trunkline/proto/service-desk";
import * as telephony from "@trunkline/proto/telephony";
import * as workforce from "@trunkline/proto/workforce";
import { createLogger } from "@trunkline/runtime";

const exported: readonly unknown[] = [analytics, customer, marketing, desk, telephony, workforce].flatMap((module) =>
  Object.values(module),
);
const isFile = (it: unknown): it is DescFile => (it as Partial<DescFile> | undefined)?.kind === "file";
const files = exported.filter(isFile);
const CANARY = "canary-5501";

function fieldsOf(message: DescMessage): DescField[] {
  return [...message.fields, ...message.nestedMessages.flatMap(fieldsOf)];
}

describe("a field that a contract calls personal", () => {
  const fields = files.flatMap((file) => file.messages.flatMap(fieldsOf)).filter((field) => getOption(field, personal));

  it("is in some contract, or this test reads nothing", () => expect(fields.length).toBeGreaterThan(20));

  it("is masked in log lines, under either spelling of its name", () => {
    const lines: string[] = [];
    const log = createLogger("test", "info", { write: (line) => void lines.push(line) });
    for (const { localName, name } of fields) log.info({ [localName]: CANARY, nested: { [name]: CANARY } }, "careless");
    const leaks = fields.filter((_, index) => lines[index]?.includes(CANARY)).map(String);
    expect(leaks).toEqual([]);
    expect(lines).toHaveLength(fields.length);
  });

  it("is in no event", () => {
    const events = files.filter(({ name }) => name.endsWith("_events"));
    const holders = events.flatMap((file) => file.messages.flatMap(fieldsOf)).filter((field) => getOption(field, personal));
    expect(holders.map(String)).toEqual([]);
    expect(events.length).toBeGreaterThan(4);
  });
});
