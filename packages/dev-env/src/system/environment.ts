import { claimPorts } from "../engines/ports.ts";
import type { Family } from "./family.ts";
import type { Secrets } from "./secrets.ts";
import { SERVICES, type ServiceName } from "./service-names.ts";

/** Of connections on which telephony distributes. */
type Dialling = {
  readonly endpoint: string;
  readonly dialOut?: string;
  readonly callerNumber?: string;
  readonly dialPerMinute?: number;
};

/** As telephony's CONNECTORS takes them: Asterisk Manager, ARI and FreeSWITCH's event socket where telephony distributes, a signed webhook. */
export type Connector = { readonly id: string; readonly tenant: string } & (
  | {
      readonly kind?: "ami";
      readonly user: string;
      readonly secret: string;
      readonly host: string;
      readonly port: number;
      readonly transferContext?: string;
    }
  | ({ readonly kind: "ari"; readonly user: string; readonly secret: string; readonly url: string; readonly app: string } & Dialling)
  | ({
      readonly kind: "esl";
      readonly secret: string;
      readonly host: string;
      readonly port: number;
      readonly recordings: string;
    } & Dialling)
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly secrets: readonly string[];
      readonly dialOut: string;
      readonly callerNumber: string;
    }
);

export type Surroundings = {
  /** Where the engines are. */
  readonly settings: Family["settings"];
  readonly secrets: Secrets;
  readonly smppUrl: string;
  readonly smtpUrl: string;
  readonly connectors: readonly Connector[];
  readonly firstAdmins: readonly {
    readonly tenant: string;
    readonly login: string;
    readonly password: string;
    readonly roles: readonly string[];
  }[];
  /** Put before topics, groups and databases, so that several systems share the engines. */
  readonly prefix: string;
  readonly logLevel: string;
  readonly httpPort: number | undefined;
  readonly desktopPort: number | undefined;
  /** Settings of one service that a test or a drill wants otherwise. */
  readonly extra: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
};

export type Environments = {
  readonly env: Readonly<Record<ServiceName, Readonly<Record<string, string>>>>;
  readonly gatewayUrl: string;
  readonly desktopUrl: string;
  readonly rpc: Readonly<Record<ServiceName, string>>;
  readonly healthPort: Readonly<Record<ServiceName, number>>;
  /** Signs as a service; drills that speak gRPC themselves need one. */
  readonly privateKeys: Readonly<Record<string, object>>;
};

/** The settings of every service, with ports that do not change while the system lives. */
export async function makeEnvironments(around: Surroundings): Promise<Environments> {
  const { privateKeys, trusted, numberHashKey, linkSecret, surveySecret } = around.secrets;
  const ports = await claimPorts([
    ...SERVICES.flatMap((service) => [
      { wanted: undefined, forWhat: `${service} gRPC` },
      { wanted: undefined, forWhat: `${service} health` },
    ]),
    { wanted: around.httpPort, forWhat: "the gateway (HTTP_PORT)" },
    { wanted: around.desktopPort, forWhat: "the desktop socket (DESKTOP_PORT)" },
  ]);
  const [httpPort, desktopPort] = ports.slice(-2) as [number, number];
  const rpc = byService((_, index) => `127.0.0.1:${ports[index * 2]}`);
  const healthPort = byService((_, index) => ports[index * 2 + 1] as number);
  const common = (service: ServiceName): Record<string, string> => ({
    ...around.settings,
    MONGO_DATABASE: `${around.prefix}${service}`.replaceAll(".", "-"),
    TOPIC_PREFIX: around.prefix,
    TOPIC_PARTITIONS: "6",
    RPC_HOST: "127.0.0.1",
    RPC_PORT: rpc[service].split(":")[1] as string,
    HEALTH_PORT: String(healthPort[service]),
    SERVICE_KEY: JSON.stringify(privateKeys[service]),
    TRUSTED_KEYS: JSON.stringify(trusted),
    LOG_LEVEL: around.logLevel,
    OTEL_SERVICE_NAME: service,
    ...Object.fromEntries(SERVICES.map((other) => [`${other.toUpperCase().replace("-", "_")}_ADDRESS`, rpc[other]])),
  });
  const publicUrl = `http://127.0.0.1:${httpPort}`;
  const desktopUrl = `ws://127.0.0.1:${desktopPort}`;
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    workforce: { FIRST_ADMINS: JSON.stringify(around.firstAdmins) },
    telephony: {
      CONNECTORS: JSON.stringify(around.connectors),
      NUMBER_HASH_KEY: numberHashKey,
      DESKTOP_PORT: String(desktopPort),
      // A browser says by which of its names it came.
      DESKTOP_ORIGINS: `${publicUrl},http://localhost:${httpPort}`,
    },
    marketing: {
      SMPP_URL: around.smppUrl,
      SMTP_URL: around.smtpUrl,
      MAIL_FROM: "service@trunkline.example",
      PUBLIC_URL: publicUrl,
      QUIET_HOURS: "none",
      // A demo is played again and again to the same people.
      SURVEY_REST_MS: "0",
      MARKETING_PER_WEEK: "40",
      LINK_SECRET: linkSecret,
    },
    "service-desk": { SURVEY_LINK_BASE: `${publicUrl}/s/`, SURVEY_SECRET: surveySecret },
    gateway: { HTTP_PORT: String(httpPort), DESKTOP_URL: desktopUrl },
  };
  const env = byService((service) => ({ ...common(service), ...own[service], ...around.extra[service] }));
  return { env, gatewayUrl: publicUrl, desktopUrl, rpc, healthPort, privateKeys };
}

function byService<T>(value: (service: ServiceName, index: number) => T): Record<ServiceName, T> {
  return Object.fromEntries(SERVICES.map((service, index) => [service, value(service, index)])) as Record<ServiceName, T>;
}
