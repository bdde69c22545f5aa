import { fileURLToPath } from "node:url";
import { hello, said, serverMessage } from "@trunkline/desktop-client/protocol";
import { z } from "zod";

export const DESKTOP_PROTOCOL = fileURLToPath(new URL("../docs/reference/desktop-socket.asyncapi.json", import.meta.url));

type Variant = { readonly properties: { readonly type: { readonly const: string } }; readonly description?: string };

/** The desktop socket as AsyncAPI 3.0, made of the schemas that the server checks by. */
export function desktopProtocol(): string {
  const sent = variants(serverMessage);
  const heard = [...variants(hello), ...variants(said)];
  const messages = Object.fromEntries([...sent, ...heard].map((one) => [nameOf(one), { payload: one, summary: one.description }]));
  const channel = { $ref: "#/channels/desktop" };
  const refs = (list: readonly Variant[]) => list.map((one) => ({ $ref: `#/channels/desktop/messages/${nameOf(one)}` }));
  const document = {
    asyncapi: "3.0.0",
    info: {
      title: "Trunkline desktop socket",
      version: "1.0.0",
      description: "One WebSocket for each open desktop, JSON text frames. Close codes and resuming: desktop-socket.md beside this file.",
    },
    channels: {
      desktop: {
        address: "/",
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      tell: { action: "send", channel, messages: refs(sent) },
      hear: { action: "receive", channel, messages: refs(heard) },
    },
    components: { messages },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function variants(schema: z.ZodType): Variant[] {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema) as unknown as { $schema?: string; oneOf?: Variant[]; anyOf?: Variant[] };
  return json.oneOf ?? json.anyOf ?? [json as unknown as Variant];
}

const nameOf = ({ properties }: Variant) => properties.type.const;
