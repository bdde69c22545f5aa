import { Router, raw } from "express";
import type { Context } from "../context.ts";
import { sendError } from "./http-error.ts";

/** Signed requests of exchanges: passed on as they came, for only telephony knows the secrets. */
export function webhookRoutes({ webhooks }: Context): Router {
  const router = Router();
  router.post("/telephony/:connectorId", raw({ type: () => true, limit: "64kb" }), async (request, response) => {
    const body: unknown = request.body;
    try {
      const { connect } = await webhooks.takeWebhook({
        connectorId: request.params.connectorId,
        id: request.get("webhook-id") ?? "",
        timestamp: request.get("webhook-timestamp") ?? "",
        signature: request.get("webhook-signature") ?? "",
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      });
      response.json(connect === undefined ? {} : { connect });
    } catch (error) {
      sendError(response, error);
    }
  });
  return router;
}
