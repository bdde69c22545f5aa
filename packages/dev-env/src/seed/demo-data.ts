import { inParallel } from "@trunkline/runtime";
import { type Api, ApiError, type Json, logIn } from "../system/api.ts";
import { ADMIN_LOGIN } from "../system/system.ts";

/** Everything that the demo knows of a tenant it filled; ids as the API gave them. */
export type DemoTenant = {
  readonly tenant: string;
  readonly admin: Api;
  /** By extension. */
  readonly agents: ReadonlyMap<string, { readonly employeeId: string; readonly login: string }>;
  readonly supervisor: { readonly employeeId: string; readonly login: string };
  readonly engineers: readonly { readonly employeeId: string; readonly login: string }[];
  readonly callers: readonly { readonly customerId: string; readonly phone: string }[];
  readonly sharedNumber: string;
  readonly segmentId: string;
};

export const PASSWORD = "demo-password";
const WIDTH = 12;

export type DemoOptions = {
  readonly gatewayUrl: string;
  readonly adminPassword: string;
  readonly tenant: string;
  readonly index: number;
  readonly extensions: readonly string[];
  readonly batchSize: number;
};

/** Fills one tenant through the public API. Every create names its try, so filling again finds what is there. */
export async function seedDemo({ gatewayUrl, adminPassword, tenant, index, extensions, batchSize }: DemoOptions): Promise<DemoTenant> {
  const { api: admin } = await logIn(gatewayUrl, tenant, ADMIN_LOGIN, adminPassword);
  for (const calendar of [everyDay("always", "00:00", "24:00"), everyDay("night", "02:00", "03:00")]) {
    await admin.call("workforce.v1.CalendarService/PutCalendar", { calendar });
  }
  const staff = await seedStaff(admin, extensions);
  await seedQueues(
    admin,
    staff.supervisor.employeeId,
    [...staff.agents.values()].map(({ employeeId }) => employeeId),
  );
  await seedTemplates(admin);
  const callers = await seedCallers(admin, index);
  const segmentId = batchSize > 0 ? await seedSegment(admin, index, batchSize) : "";
  return { tenant, admin, ...staff, ...callers, segmentId };
}

const OFFICE = "office";

/** The last thing that a company is given: it says that all the rest is there. */
export async function putOfficeHours({ admin }: Pick<DemoTenant, "admin">): Promise<void> {
  const day = [
    { from: "09:00", to: "12:00" },
    { from: "13:00", to: "18:00" },
  ];
  const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, spans: day }));
  const calendar = { calendarId: OFFICE, timeZone: "Asia/Shanghai", week, holidays: "cn", exceptions: [], makeUpDay: [] };
  await admin.call("workforce.v1.CalendarService/PutCalendar", { calendar });
}

/** Whether somebody works with this company: from then on all of it is theirs, and nothing is filled in again. */
export async function isFilled({ gatewayUrl, adminPassword, tenant }: Pick<DemoOptions, "gatewayUrl" | "adminPassword" | "tenant">) {
  try {
    const { api: admin } = await logIn(gatewayUrl, tenant, ADMIN_LOGIN, adminPassword);
    await admin.call("workforce.v1.CalendarService/GetCalendar", { calendarId: OFFICE });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "calendar_not_found") return false;
    // The administrator has another password by now, or other rights.
    if (error.status === 401 || error.status === 403) return true;
    throw error;
  }
}

function everyDay(calendarId: string, from: string, to: string): Json {
  const week = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, spans: [{ from, to }] }));
  return { calendarId, timeZone: "Asia/Shanghai", week, holidays: "none", exceptions: [], makeUpDay: [] };
}

const AGENTS = ["李娜", "王芳", "张敏", "刘洋", "陈静", "杨帆", "赵磊", "黄蕾", "周涛", "吴倩"];
const ENGINEERS = 24;

async function seedStaff(admin: Api, extensions: readonly string[]): Promise<Pick<DemoTenant, "agents" | "supervisor" | "engineers">> {
  const create = async (login: string, name: string, profile: Json) => {
    const body = { requestId: `seed-${login}`, login, name, password: PASSWORD, profile: { active: true, ...profile } };
    const { employee } = await admin.call<{ employee: { employeeId: string } }>("workforce.v1.EmployeeService/CreateEmployee", body);
    return { employeeId: employee.employeeId, login };
  };
  const supervisor = await create("supervisor", "孙主管", { roles: ["supervisor"], calendarId: "always" });
  const agents = await inParallel(extensions, WIDTH, async (extension, n) => {
    const login = `agent${extension}`;
    return [
      extension,
      await create(login, AGENTS[n % AGENTS.length] as string, {
        roles: ["agent"],
        extension,
        calendarId: "always",
        managerId: supervisor.employeeId,
      }),
    ] as const;
  });
  await create("marketer", "钱经理", { roles: ["marketer"], calendarId: "always" });
  const engineers = await inParallel([...Array(ENGINEERS).keys()], WIDTH, (_, n) =>
    create(`engineer${n + 1}`, `工程师${n + 1}`, engineerProfile(n)),
  );
  return { supervisor, agents: new Map(agents), engineers };
}

/**
 * Twenty-four engineers around Beijing. 1 has left, 2 lacks the skill, 3 works elsewhere, 4 is never on duty when the visit
 * is, 5 has no visits left; the others differ in level and distance, and 10 and 11 are alike.
 */
function engineerProfile(n: number): Json {
  const twin = n === 9 || n === 10;
  return {
    roles: ["engineer"],
    active: n !== 0,
    skills: n === 1 ? [{ skill: "plumbing", level: 4 }] : [{ skill: "air_conditioner", level: twin ? 5 : 1 + (n % 4) }],
    territories: [n === 2 ? "31" : "11"],
    base: twin ? { latitude: 39.91, longitude: 116.46 } : { latitude: 39.9 + (n % 6) * 0.04, longitude: 116.4 + (n % 5) * 0.05 },
    calendarId: n === 3 ? "night" : "always",
    dailyCapacity: n === 4 ? 0 : 6,
  };
}

async function seedQueues(admin: Api, supervisorId: string, agentIds: readonly string[]): Promise<void> {
  const [first = supervisorId] = agentIds;
  // Seconds, so that a demo shows what takes hours in life.
  const ladder = [
    { level: 1, limitMs: "3000", ownerId: first },
    { level: 2, limitMs: "3600000", ownerId: supervisorId },
  ];
  for (const [queueId, name] of [
    ["repair", "报修"],
    ["complaints", "投诉"],
  ]) {
    const queue = { queueId, name, ownerId: first, calendarId: "always", ladder, firstResponseMs: "1800000", resolutionMs: "28800000" };
    await admin.call("service_desk.v1.RequestQueueService/PutRequestQueue", { queue });
  }
}

async function seedTemplates(admin: Api): Promise<void> {
  const templates = [
    {
      templateId: "survey",
      channel: "CHANNEL_SMS",
      purpose: "PURPOSE_SURVEY",
      body: "{{ customer.name }}您好，请为我们的服务评分：{{ link }} 退订回TD",
    },
    { templateId: "autumn-sms", channel: "CHANNEL_SMS", body: "{{ customer.name }}您好，空调秋季保养八折，回复1预约。退订回TD" },
    {
      templateId: "autumn-mail",
      channel: "CHANNEL_EMAIL",
      subject: "空调秋季保养",
      body: "<p>{{ customer.name }}您好：</p><p>空调秋季保养八折。</p>",
    },
  ];
  for (const template of templates) await admin.call("marketing.v1.TemplateService/PutTemplate", { template });
}

const FAMILY = [..."王李张刘陈杨赵黄周吴"];
const GIVEN = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳"];
const nameOf = (n: number) => `${FAMILY[n % 10]}${GIVEN[Math.floor(n / 10) % 10]}`;
const CALLERS = 12;

async function seedCallers(admin: Api, index: number): Promise<Pick<DemoTenant, "callers" | "sharedNumber">> {
  const sharedNumber = `+861390000${index}999`;
  const create = (n: number, phone: string, tags: string[]) =>
    createCustomer(admin, `seed-caller-${n}`, {
      name: nameOf(n * 7),
      phones: [phone],
      grade: "ABCDE"[n % 5] as string,
      tags,
      regionCode: "110105",
      alerts: n === 0 ? ["VIP"] : [],
    });
  const callers = await inParallel([...Array(CALLERS).keys()], WIDTH, async (n) => {
    const phone = `+86139000${index}${String(1000 + n)}`;
    return { phone, customerId: await create(n, phone, []) };
  });
  await inParallel(callers, WIDTH, ({ customerId }, n) => seedAssets(admin, customerId, n));
  for (const n of [CALLERS, CALLERS + 1]) await create(n, sharedNumber, ["shared"]);
  return { callers, sharedNumber };
}

/** An air conditioner each, in warranty or not; every other one has a second. */
async function seedAssets(admin: Api, customerId: string, n: number): Promise<void> {
  const assets = [
    { product: "柜式空调 KFR-72LW", serial: `LW72-${1000 + n}`, site: "客厅", installedOn: "2019-05-18", warrantyUntil: "2025-05-17" },
    { product: "壁挂空调 KFR-35GW", serial: `GW35-${1000 + n}`, site: "卧室", installedOn: "2026-06-01", warrantyUntil: "2032-05-31" },
  ];
  for (const [index, asset] of assets.slice(n % 2).entries()) {
    await admin.call("customer.v1.AssetService/CreateAsset", { requestId: `seed-asset-${n}-${index}`, customerId, ...asset });
  }
}

/** Customers who want the newsletter; every fiftieth has withdrawn that for SMS, every fortieth for e-mail. */
async function seedSegment(admin: Api, index: number, size: number): Promise<string> {
  await inParallel([...Array(size).keys()], WIDTH, async (n) => {
    const customer = {
      name: nameOf(n),
      phones: [`+86138${index}${String(1_000_000 + n).slice(0, 7)}`],
      emails: [`member${n}@t${index}.example`],
      grade: "C",
      tags: ["newsletter"],
      regionCode: "110108",
    };
    const customerId = await createCustomer(admin, `seed-member-${n}`, customer);
    for (const [channel, every] of [
      ["CHANNEL_SMS", 50],
      ["CHANNEL_EMAIL", 40],
    ] as const) {
      const method = n % every === 0 ? "OptOut" : "GiveConsent";
      await admin.call(`marketing.v1.ContactPolicyService/${method}`, {
        customerId,
        channel,
        purpose: "PURPOSE_MARKETING",
        proof: "import",
      });
    }
  });
  const body = { requestId: "seed-newsletter", name: "订阅用户", filter: { anyTags: ["newsletter"] } };
  const { segment } = await admin.call<{ segment: { segmentId: string } }>("customer.v1.SegmentService/CreateSegment", body);
  return segment.segmentId;
}

async function createCustomer(admin: Api, requestId: string, customer: Json): Promise<string> {
  const body = { requestId, kind: "CUSTOMER_KIND_PERSON", ...customer };
  const created = await admin.call<{ customer: { customerId: string } }>("customer.v1.CustomerService/CreateCustomer", body);
  return created.customer.customerId;
}
