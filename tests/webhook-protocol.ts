import { fileURLToPath } from "node:url";
import { webhookEvent, webhookOrder } from "@trunkline/telephony-service/webhook-protocol";
import { z } from "zod";

export const WEBHOOK_PROTOCOL = fileURLToPath(new URL("../docs/reference/telephony-webhook.openapi.json", import.meta.url));

const SIGNED = "see docs/webhook.md";
const header = (name: string, description: string, pattern: string) => ({
  name,
  in: "header",
  required: true,
  description,
  schema: { type: "string", pattern },
});
const signatureHeaders = [
  header("webhook-id", "of this message; the same when it is sent again", "^[\\w.-]{1,64}$"),
  header("webhook-timestamp", "when it was signed, seconds; five minutes off at most", "^\\d{1,12}$"),
  header("webhook-signature", `v1, and base64 of HMAC-SHA256 over id.timestamp.body; several by blanks; ${SIGNED}`, "^v1,"),
];

/** The signed webhook as OpenAPI 3.1, made of the schemas that the server checks by. */
export function webhookProtocol(): string {
  const json = (schema: z.ZodType, io: "input" | "output") => {
    const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io }) as { $schema?: string };
    return rest;
  };
  const body = (name: string) => ({
    required: true,
    content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
  });
  const refused = (description: string) => ({ description });
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Trunkline telephony webhook",
      version: "1.0.0",
      description:
        "What a vendor's exchange posts to Trunkline, and the orders that Trunkline posts to it. Order, repeats and keys: docs/webhook.md.",
    },
    paths: {
      "/webhooks/telephony/{connectorId}": {
        post: {
          operationId: "takeEvent",
          summary: "Something happened on the exchange",
          parameters: [{ name: "connectorId", in: "path", required: true, schema: { type: "string" } }, ...signatureHeaders],
          requestBody: body("Event"),
          responses: {
            200: {
              description: "stored; of offer_picked_up: whether the two are to be connected",
              content: { "application/json": { schema: { type: "object", properties: { connect: { type: "boolean" } } } } },
            },
            400: refused("webhook_invalid: the message names the field"),
            401: refused("webhook_signature_invalid, webhook_timestamp_invalid"),
            404: refused("webhook_unknown"),
            409: refused("webhook_replayed: taken already, do not send it again"),
            413: refused("longer than 64 KiB"),
            503: refused("send it again in a second, signed anew"),
            504: refused("send it again in a second, signed anew"),
          },
        },
      },
    },
    webhooks: {
      order: {
        post: {
          summary: "Something is to be done on the exchange",
          parameters: signatureHeaders,
          requestBody: body("Order"),
          responses: {
            "2XX": { description: "taken" },
            404: refused("this call is over"),
            "4XX": refused("refused"),
            "5XX": refused("cannot be done now"),
          },
        },
      },
    },
    components: { schemas: { Event: json(webhookEvent, "input"), Order: json(webhookOrder, "output") } },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
