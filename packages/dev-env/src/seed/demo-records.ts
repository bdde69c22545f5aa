import type { Api, Json } from "../system/api.ts";
import type { DemoTenant } from "./demo-data.ts";

const DAY_MS = 86_400_000;
const SERVICE = "records.v1.RecordService";
type Lead = {
  readonly name: string;
  readonly phone: string;
  readonly source: string;
  readonly interest: string;
  readonly yuan: number;
  readonly steps: readonly Json[];
};

const contact =
  (result: string, inDays: number) =>
  (now: number): Json => ({ action: "contact", input: { result, nextContactAt: now + inDays * DAY_MS } });
const discard = (discardReason: string): Json => ({ action: "discard", input: { discardReason } });
const recognise: Json = { action: "recognise" };

/** Leads at every step of their way. */
const leads = (now: number): readonly Lead[] => [
  {
    name: "远洋物流有限公司",
    phone: "0574-87650001",
    source: "exhibition",
    interest: "商用中央空调",
    yuan: 180_000,
    steps: [contact("要上门看现场", 1)(now), recognise],
  },
  {
    name: "海岸渔业合作社",
    phone: "13957410002",
    source: "call",
    interest: "冷库机组",
    yuan: 96_000,
    steps: [contact("等报价单", 2)(now)],
  },
  {
    name: "陈晓东",
    phone: "13957410003",
    source: "referral",
    interest: "壁挂空调 KFR-35GW",
    yuan: 3_200,
    steps: [contact("周末在家", 3)(now)],
  },
  { name: "林芳", phone: "13957410004", source: "website", interest: "柜式空调 KFR-72LW", yuan: 7_800, steps: [] },
  { name: "宁波图书馆", phone: "0574-87650005", source: "referral", interest: "中央空调维保", yuan: 60_000, steps: [recognise] },
  {
    name: "吴建国",
    phone: "13957410006",
    source: "advertisement",
    interest: "空气净化器",
    yuan: 1_600,
    steps: [contact("已经买了别家的", 0)(now), discard("competitor")],
  },
  { name: "星光酒店", phone: "0574-87650007", source: "call", interest: "热水机组", yuan: 240_000, steps: [] },
  { name: "孙丽华", phone: "13957410008", source: "website", interest: "移动空调", yuan: 1_200, steps: [discard("unreachable")] },
];

/** What an agent and the supervisor have entered of people who may become customers, and of those who are. */
export async function seedRecords({ callers, tenant }: DemoTenant, agent: Api, supervisor: Api, now: number): Promise<void> {
  const create = async (by: Api, kind: string, key: string, values: Json) =>
    (await by.call<{ record: { recordId: string } }>(`${SERVICE}/CreateRecord`, { requestId: `demo-${kind}-${key}`, kind, values })).record
      .recordId;
  for (const [n, { name, phone, source, interest, yuan, steps }] of leads(now).entries()) {
    const expectedOn = new Date(now + (10 + n * 9) * DAY_MS).toISOString().slice(0, 10);
    const values = { name, phones: [phone], source, interest, expectedValue: { minor: yuan * 100 }, expectedOn };
    const recordId = await create(agent, "lead", String(n), values);
    for (const step of steps)
      await (step === recognise ? supervisor : agent).call(`${SERVICE}/ActOnRecord`, { kind: "lead", recordId, ...step });
  }
  const [first, second] = callers.map(({ customerId }) => customerId);
  for (const [n, customer] of [first, second].entries()) {
    if (customer === undefined) throw new Error(`${tenant} has no customers`);
    await create(agent, "contact", String(n), {
      name: n === 0 ? "王敏" : "赵立",
      customer,
      title: n === 0 ? "家属" : "采购经理",
      phones: [`1395741001${n}`],
      prefers: "call",
    });
    await create(agent, "need", String(n), {
      subject: n === 0 ? "加装一台书房空调" : "年度维保合同",
      customer,
      urgency: n === 0 ? "high" : "normal",
      budget: { minor: n === 0 ? 300_000 : 4_800_000 },
    });
  }
}
