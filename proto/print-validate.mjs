// Prints buf/validate/validate.proto from the descriptor inside @bufbuild/protovalidate: no package ships the file,
// and the registry that has it is not needed this way. Only names, numbers and types matter to the compiler.
import { mkdirSync, writeFileSync } from "node:fs";
import { file_buf_validate_validate as file } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

const TYPES = {
  1: "double",
  2: "float",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "fixed64",
  7: "fixed32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
  15: "sfixed32",
  16: "sfixed64",
  17: "sint32",
  18: "sint64",
};
const LABELS = { 1: "optional ", 2: "required ", 3: "repeated " };
const proto = file.proto;
const type = (f) => f.typeName || TYPES[f.type];
const field = (f, inOneof) => `${inOneof ? "" : LABELS[f.label]}${type(f)} ${f.name} = ${f.number};`;
const enumeration = (e) => `enum ${e.name} { ${e.value.map((v) => `${v.name} = ${v.number};`).join(" ")} }`;
function message(m) {
  const maps = new Map(m.nestedType.filter((n) => n.options?.mapEntry).map((n) => [n.name, n]));
  const plain = m.field.filter((f) => f.oneofIndex === undefined || f.proto3Optional || !isSet(f));
  const oneofs = m.oneofDecl.map(
    (o, i) =>
      `oneof ${o.name} { ${m.field
        .filter((f) => isSet(f) && f.oneofIndex === i)
        .map((f) => field(f, true))
        .join(" ")} }`,
  );
  const ranges = m.extensionRange.map((r) => `extensions ${r.start} to ${r.end > 500000000 ? "max" : r.end - 1};`);
  const nested = m.nestedType.filter((n) => !maps.has(n.name)).map(message);
  return [
    `message ${m.name} {`,
    ...m.enumType.map(enumeration),
    ...nested,
    ...plain.map((f) => field(f, false)),
    ...oneofs,
    ...ranges,
    "}",
  ].join("\n");
}
const isSet = (f) => Object.hasOwn(f, "oneofIndex");
const extensions = proto.extension.map((e) => `extend ${e.extendee} { ${field(e, false)} }`);
const out = new URL("./buf/validate/", import.meta.url);
mkdirSync(out, { recursive: true });
writeFileSync(
  new URL("validate.proto", out),
  [
    'syntax = "proto2";',
    `package ${proto.package};`,
    ...proto.dependency.map((d) => `import "${d}";`),
    ...proto.enumType.map(enumeration),
    ...proto.messageType.map(message),
    ...extensions,
  ].join("\n"),
);
