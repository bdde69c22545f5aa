import { once } from "node:events";
import { createServer } from "node:http";
import { createContextValues } from "@connectrpc/connect";
import { expressConnectMiddleware } from "@connectrpc/connect-express";
import { createServiceToken, createTokenSigner } from "@trunkline/auth";
import { ContactPolicyService } from "@trunkline/proto/marketing";
import { SurveyService } from "@trunkline/proto/service-desk";
import { RecordingService, WebhookService } from "@trunkline/proto/telephony";
import { createClient, readTls } from "@trunkline/rpc";
import { createLogger, serveHealth, systemClock } from "@trunkline/runtime";
import type { PlatformOverrides, RunningService } from "@trunkline/service";
import express from "express";
import helmet from "helmet";
import type { GatewayConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { bodyRoom } from "./http/body-room.ts";
import { clientServices } from "./http/client-services.ts";
import { CLIENT_ADDRESS, connectRoutes } from "./http/connect-api.ts";
import { consoleRoutes } from "./http/console-routes.ts";
import { notFound } from "./http/not-found.ts";
import { recordingRoutes } from "./http/recording-routes.ts";
import { surveyRoutes, unsubscribeRoutes } from "./http/survey-routes.ts";
import { webhookRoutes } from "./http/webhook-routes.ts";

export type RunningGateway = RunningService & { readonly httpPort: number };

/** Of browsers, which keep some open each. */
const MOST_CONNECTIONS = 10_000;

/** The gateway keeps nothing: it opens clients and serves HTTP. */
export async function startGateway(config: GatewayConfig, overrides: PlatformOverrides = {}): Promise<RunningGateway> {
  await using opening = new AsyncDisposableStack();
  const log = overrides.log ?? createLogger("gateway", config.logLevel);
  const token = createServiceToken("gateway", await createTokenSigner("gateway", config.serviceKey as never), overrides.now ?? systemClock);
  const tls = readTls(config.rpcTlsDir);
  const how = { token, deadlineMs: config.deadlineMs, waitForPeer: true, tls };
  const context: Context = {
    surveys: opening.use(createClient(SurveyService, { address: config.serviceDeskAddress, ...how })),
    policy: opening.use(createClient(ContactPolicyService, { address: config.marketingAddress, ...how })),
    recordings: opening.use(createClient(RecordingService, { address: config.telephonyAddress, ...how })),
    webhooks: opening.use(createClient(WebhookService, { address: config.telephonyAddress, ...how })),
    log,
  };
  const app = webApp(config, context, connectRoutes(config, token, tls, opening));
  const requestTimeout = config.deadlineMs + 5_000;
  // Who sends a request slowly is cut off: looked at often, and with the head's limit below the whole's, else the two change places.
  const server = createServer({ requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 1_000 }, app);
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(config.httpPort, config.httpHost);
  await Promise.race([once(server, "listening"), once(server, "error").then(([error]) => Promise.reject(error as Error))]);
  opening.defer(async () => {
    server.closeIdleConnections();
    const overdue = setTimeout(() => server.closeAllConnections(), 10_000);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(overdue);
  });
  const health = opening.use(await serveHealth({ host: config.healthHost, port: config.healthPort }, {}));
  const stack = opening.move();
  const address = server.address();
  const httpPort = typeof address === "object" && address ? address.port : config.httpPort;
  return { rpcAddress: "", httpPort, healthPort: health.port, busy: () => 0, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function webApp(config: GatewayConfig, context: Context, routes: ReturnType<typeof connectRoutes>): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", config.trustProxy);
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          upgradeInsecureRequests: null,
        },
      },
    }),
  );
  app.get("/healthz", (_request, response) => void response.send("ok\n"));
  const services = clientServices(config).map(({ service }) => service.name);
  app.use(consoleRoutes(config, services));
  // What comes from here on is for one person: the console's files were served above.
  app.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  app.use(bodyRoom({ body: config.maxBodyBytes, address: 8 * config.maxBodyBytes, all: 64 * config.maxBodyBytes }));
  app.use("/s", surveyRoutes(context));
  app.use("/recordings", recordingRoutes(context));
  app.use("/webhooks", webhookRoutes(context));
  app.use("/unsubscribe", unsubscribeRoutes(context));
  app.use(
    expressConnectMiddleware({
      routes,
      contextValues: ({ ip }) => createContextValues().set(CLIENT_ADDRESS, ip ?? ""),
      jsonOptions: { ignoreUnknownFields: false, alwaysEmitImplicit: true },
      readMaxBytes: config.maxBodyBytes,
      grpc: false,
      grpcWeb: false,
    }),
  );
  app.use(notFound);
  app.use((error: unknown, _request: express.Request, response: express.Response, next: express.NextFunction) => {
    const status = (error as { status?: number }).status ?? 500;
    if (status >= 500) context.log.error({ err: error }, "a page failed");
    if (response.headersSent) return next(error);
    response.status(status).json({
      code: status === 413 ? "body_too_large" : status < 500 ? "bad_request" : "internal_error",
      message: status === 413 ? "send a smaller body" : "the request could not be read",
    });
  });
  return app;
}
