import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN_LOGIN, EXTENSIONS } from "@trunkline/dev-env";
import type { Page } from "playwright-core";
import { type ConsoleRoom, openConsoleRoom } from "./console-room.ts";
import { expectGoodScreen, logIn, newPage } from "./pages.ts";

const TENANT = `records-${process.pid}-${Date.now()}`;
const SHOTS = process.env["SHOTS"];
const shot = async (page: Page, name: string) => void (SHOTS && (await page.screenshot({ path: `${SHOTS}/${name}.png` })));
const says = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();
const rows = (page: Page) => page.locator(".staff-list tbody tr");
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** Records as the people who work with them do it: entered, found, narrowed, moved on, handed over, put away; and a field of one's own. */
describe("records in a browser", () => {
  const closing = new AsyncDisposableStack();
  const complaints: string[] = [];
  let room: ConsoleRoom;
  let agent: Page;
  let supervisor: Page;
  let admin: Page;
  const enter = async (login: string, password?: string, locale: "zh-CN" | "en-US" = "zh-CN") => {
    const page = await newPage(room.browser, complaints, { locale });
    await logIn(page, room.system.gatewayUrl, TENANT, login, password);
    await page.getByRole("link", { name: locale === "zh-CN" ? "业务记录" : "Records" }).click();
    return page;
  };

  beforeAll(async () => {
    room = await openConsoleRoom("browser-records", TENANT, { closing, complaints, index: 6 });
    [agent, supervisor, admin] = [
      await enter(`agent${EXTENSIONS[0]}`),
      await enter("supervisor", undefined, "en-US"),
      await enter(ADMIN_LOGIN, room.system.adminPassword),
    ];
  }, 120_000);
  afterAll(() => closing.disposeAsync(), 60_000);
  afterEach(() => expect(complaints).toEqual([]));

  it("a lead is entered, with what is wrong said at its field, and is found by pinyin and by a filter that the address keeps", async () => {
    await says(agent, "暂无记录");
    await expectGoodScreen(agent, "no records");
    await press(agent, "新建");
    await agent.getByLabel("来源").waitFor();
    expect(await agent.getByLabel("放弃原因").count()).toBe(0);
    await press(agent, "保存");
    await says(agent, "请填写");
    await agent.getByLabel("姓名或公司 *").fill("海岸渔业");
    await agent.getByLabel("电话").fill("12");
    await agent.getByLabel("预计金额").fill("12,500.5");
    await press(agent, "保存");
    await says(agent, "不是有效的电话号码，请带区号");
    await expectGoodScreen(agent, "a new lead with a fault");
    await shot(agent, "new-lead");
    await agent.getByLabel("电话").fill("139 1234 0001");
    await agent.getByLabel("来源").selectOption({ label: "展会" });
    await press(agent, "保存");
    await agent.locator(".staff-one h2", { hasText: "海岸渔业" }).waitFor();
    expect(await agent.getByLabel("预计金额").inputValue()).toBe("12500.50");
    await agent.getByLabel("查找").fill("hayy");
    await press(agent, "查找");
    await agent.locator(".staff-list .count", { hasText: "1" }).waitFor();
    await agent.getByLabel("查找").fill("");
    await press(agent, "添加筛选");
    await agent.getByLabel("字段").selectOption({ label: "来源" });
    await agent.getByLabel("值").selectOption({ label: "来电" });
    await press(agent, "应用");
    await says(agent, "没有符合条件的记录");
    await agent.reload();
    await says(agent, "没有符合条件的记录");
    await agent.getByRole("button", { name: /^去掉筛选/ }).click();
    await rows(agent).first().waitFor();
    await shot(agent, "leads");
  });

  it("moves on by its steps, and its history says who did what", async () => {
    await press(agent, "记录联系");
    const dialog = agent.getByRole("dialog");
    await dialog.getByRole("button", { name: "记录联系" }).click();
    await dialog.getByText("请填写").waitFor();
    await dialog.getByLabel("联系结果 *").fill("要两艘船的报价");
    await dialog.getByRole("button", { name: "记录联系" }).click();
    await agent.locator(".facts", { hasText: "已联系" }).waitFor();
    await agent.locator(".group li", { hasText: "要两艘船的报价" }).waitFor();
    await expectGoodScreen(agent, "a lead");
    await shot(agent, "lead");
  });

  it("is handed over by the supervisor, in English, and is gone from the desk of who had it", async () => {
    await says(supervisor, "No records yet");
    await press(supervisor, "Refresh");
    await rows(supervisor).locator("button", { hasText: "海岸渔业" }).click();
    await press(supervisor, "Recognise");
    await supervisor.locator(".facts", { hasText: "Recognised" }).waitFor();
    await press(supervisor, "Convert");
    const asks = supervisor.getByRole("dialog");
    const [known] = room.tenant.callers;
    await asks.getByLabel("Customer *").fill(known?.phone ?? "");
    const options = asks.locator("datalist option");
    await options.first().waitFor({ state: "attached" });
    const name = (await options.first().getAttribute("value")) ?? "";
    await asks.getByLabel("Customer *").fill(name);
    await asks.getByRole("button", { name: "Convert" }).click();
    await supervisor.locator(".facts", { hasText: "Converted" }).waitFor();
    expect(await supervisor.getByLabel("Customer").inputValue()).toContain(name.split(" ")[0] ?? "");
    await press(supervisor, "Hand over");
    const dialog = supervisor.getByRole("dialog");
    const names = await dialog.getByLabel("Owner").locator("option").allTextContents();
    const other = names.find((name, n) => n > 0 && name !== "李娜") ?? "";
    await dialog.getByLabel("Owner").selectOption({ label: other });
    await dialog.getByRole("button", { name: "Hand over" }).click();
    await supervisor.locator(".facts", { hasText: other }).waitFor();
    await expectGoodScreen(supervisor, "a lead in English");
    await shot(supervisor, "lead-en");
    await agent.reload();
    await says(agent, "暂无记录");
    await press(supervisor, "To the bin");
    await says(supervisor, "This record is in the bin and is gone after 30 days.");
    await press(supervisor, "Restore");
    await supervisor.getByRole("button", { name: "To the bin", exact: true }).waitFor();
  });

  it("has the administrator's own field at once, in the form and in filters", async () => {
    await press(admin, "字段设置");
    await press(admin, "添加字段");
    await admin.getByLabel("中文名称").fill("船队规模");
    await admin.getByLabel("英文名称").fill("Fleet size");
    await admin.getByLabel("字段代码").fill("fleetSize");
    await admin.getByLabel("类型").selectOption({ label: "数字" });
    await expectGoodScreen(admin, "own fields");
    await shot(admin, "own-fields");
    await press(admin, "保存");
    await says(admin, "字段设置已保存");
    await agent.reload();
    await press(agent, "新建");
    await agent.getByLabel("姓名或公司 *").fill("远洋");
    await agent.getByLabel("船队规模").fill("12");
    await press(agent, "保存");
    await agent.locator(".staff-one h2", { hasText: "远洋" }).waitFor();
    await press(agent, "添加筛选");
    await agent.getByLabel("字段").selectOption({ label: "船队规模" });
    await agent.getByLabel("方式").selectOption({ label: "不小于" });
    await agent.getByLabel("值").fill("10");
    await press(agent, "应用");
    await rows(agent).first().waitFor();
    expect(await rows(agent).count()).toBe(1);
  });

  it("fits a phone: the list, then the record alone, and back", async () => {
    await agent.setViewportSize({ width: 390, height: 844 });
    await agent.locator(".staff-one h2", { hasText: "远洋" }).waitFor();
    expect(await agent.locator(".staff-list").isVisible()).toBe(false);
    await shot(agent, "lead-phone");
    await press(agent, "关闭");
    await rows(agent).first().waitFor();
    expect(await agent.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await shot(agent, "leads-phone");
  });
});
