import { buildConsole, type DemoTenant, EXTENSIONS, type System, type SystemOptions, seedDemo } from "@trunkline/dev-env";
import type { PbxSimulator } from "@trunkline/dev-env/simulators";
import type { Browser, Page } from "playwright-core";
import { startStory } from "../stories/system.ts";
import { openBrowser } from "./chromium.ts";
import { type Look, logIn, newPage } from "./pages.ts";

/** The console of a company of its own, and the telephone exchange beside it. */
export type ConsoleRoom = {
  readonly system: System;
  readonly tenant: DemoTenant;
  readonly browser: Browser;
  /** The page of somebody who has just logged in. */
  open(login: string, look?: Look): Promise<Page>;
  /** A caller rings at this phone. */
  place(from: string, extension?: string, queue?: string): PlacedCall;
  /** The same, answered at the first phone, whose desk this is. */
  talk(agent: Page, from: string): Promise<PlacedCall>;
  calls(): Promise<readonly Record<string, unknown>[]>;
  /** How long the wrap-ups of the queue last from now on. */
  wrapUpLimit(limitMs: number): Promise<unknown>;
};

type PlacedCall = ReturnType<PbxSimulator["placeCall"]>;
type Parts = { readonly closing: AsyncDisposableStack; readonly complaints: string[]; readonly index: number };

/** @param tenant a name of its own: mailboxes in Redis are named by tenant and agent, and earlier runs left some there */
export async function openConsoleRoom(
  name: string,
  tenantName: string,
  { closing, complaints, index }: Parts,
  more: Partial<SystemOptions> = {},
): Promise<ConsoleRoom> {
  await buildConsole();
  const system = closing.use(await startStory(name, () => Date.now(), [tenantName], { extra: { gateway: {} }, ...more }));
  const tenant = await seedDemo({ ...system, tenant: tenantName, index, extensions: EXTENSIONS, batchSize: 0 });
  const browser = await openBrowser();
  closing.defer(() => browser.close());
  const room: ConsoleRoom = {
    system,
    tenant,
    browser,
    async open(login, look = {}) {
      const page = await newPage(browser, complaints, look);
      await logIn(page, system.gatewayUrl, tenantName, login);
      await page.locator(".link-open").waitFor();
      return page;
    },
    place(from, extension = EXTENSIONS[0], queue = "support") {
      const call = system.simulators.pbx.get(tenantName)?.placeCall({ from, queue });
      if (!call) throw new Error("there is no exchange");
      call.ring(extension);
      return call;
    },
    async talk(agent, from) {
      const call = room.place(from);
      await agent.locator(".call-ringing").waitFor();
      call.answer(EXTENSIONS[0]);
      await agent.locator(".call-talking").waitFor();
      return call;
    },
    calls: async () =>
      (await tenant.admin.call<{ calls: Record<string, unknown>[] }>("telephony.v1.CallService/ListCalls", { pageSize: 5 })).calls,
    wrapUpLimit(limitMs) {
      const wrapUp = { mode: "optional", limitMs: String(limitMs), defaultDisposition: "not_given" };
      const queue = { queueId: "support", name: "售后", strategy: "longest_idle", targetMs: "20000", offerMs: "5000", wrapUp };
      return tenant.admin.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
    },
  };
  return room;
}
