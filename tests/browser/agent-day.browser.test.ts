import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type DemoTenant, EXTENSIONS, type System } from "@trunkline/dev-env";
import type { Locator, Page } from "playwright-core";
import { type ConsoleRoom, openConsoleRoom } from "./console-room.ts";
import { expectGoodScreen, SIZE } from "./pages.ts";

const TENANT = `day-${process.pid}-${Date.now()}`;
const [FIRST] = EXTENSIONS;
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const note = (page: Page) => page.getByLabel("备注（可不填）");
const result = (page: Page) => page.locator(".wrap-up select");
const finish = (page: Page) => page.locator(".wrap-up").getByRole("button", { name: "完成" }).click();
const inside = async (part: Locator, whole: Locator) => {
  const [a, b] = [await part.boundingBox(), await whole.boundingBox()];
  return a !== null && b !== null && a.x >= b.x && a.x + a.width <= b.x + b.width && a.y >= b.y && a.y + a.height <= b.y + b.height;
};

/** Somebody who takes calls and supervises. */
describe("a day at the desk", () => {
  const closing = new AsyncDisposableStack();
  const complaints: string[] = [];
  let room: ConsoleRoom;
  let system: System;
  let tenant: DemoTenant;
  let agent: Page;

  const caller = (n: number) => tenant.callers[n] as { customerId: string; phone: string };
  const place = (from: string) => room.place(from);
  const talk = (from: string) => room.talk(agent, from);
  const wrapUp = async (from: string) => {
    (await talk(from)).hangup("caller");
    await agent.locator(".countdown").waitFor();
  };
  const open = async () => {
    const page = await room.open(`agent${FIRST}`);
    await page.goto(`${system.gatewayUrl}/#agent`);
    // Whoever has several rooms comes to another one first; the keys are the desk's.
    await page.locator(".my-state .modes").waitFor();
    return page;
  };

  beforeAll(async () => {
    room = await openConsoleRoom("day", TENANT, { closing, complaints, index: 7 });
    ({ system, tenant } = room);
    const employeeId = tenant.agents.get(FIRST)?.employeeId ?? "";
    const profile = { active: true, roles: ["agent", "supervisor", "admin", "engineer"], extension: FIRST, calendarId: "always" };
    await tenant.admin.call("workforce.v1.EmployeeService/UpdateEmployee", { employeeId, name: "李娜", profile });
    agent = await open();
    await agent.keyboard.press("Alt+KeyR");
    await agent.locator(".my-state .state-ready").waitFor();
  }, 120_000);
  afterAll(() => closing.disposeAsync(), 60_000);
  afterEach(() => expect(complaints).toEqual([]));

  it("keeps what is written of a call while another ends and over another room, which shows the ring and the time left", async () => {
    await room.wrapUpLimit(60_000);
    await wrapUp(caller(0).phone);
    await result(agent).selectOption("follow_up");
    await note(agent).fill("第一个");
    await wrapUp(caller(1).phone);
    expect([await note(agent).inputValue(), await result(agent).inputValue()]).toEqual(["第一个", "follow_up"]);
    await agent.getByRole("link", { name: "看板" }).click();
    await agent.locator(".header-wrap-up").waitFor();
    const ring = place(caller(2).phone);
    await agent.locator(".header-ring").waitFor();
    expect(await agent.title()).toMatch(/^☎ 来电/);
    await expectGoodScreen(agent, "ring on the board");
    await agent.locator(".header-ring").click();
    await agent.locator(".call-ringing").waitFor();
    ring.hangup("caller");
    await agent.locator(".call-ringing").waitFor({ state: "detached" });
    expect(await note(agent).inputValue()).toBe("第一个");
    await finish(agent);
    await agent.locator(".wrap-up-calls button").nth(1).waitFor({ state: "detached" });
    expect(await note(agent).inputValue()).toBe("");
    await result(agent).selectOption("solved");
    await finish(agent);
    await agent.locator(".call-none").waitFor();
    expect(await room.calls()).toMatchObject([{}, { disposition: "solved" }, { disposition: "follow_up", wrapUps: [{ note: "第一个" }] }]);
  });

  it("keeps what is written when the time is over, and offers to save it", async () => {
    await room.wrapUpLimit(3_000);
    await wrapUp(caller(0).phone);
    await result(agent).selectOption("solved");
    await note(agent).fill("还没写完");
    await says(agent, /的话后处理已到时：已写的内容还在，请保存$/);
    await says(agent, "已到时");
    expect([await note(agent).inputValue(), await result(agent).inputValue()]).toEqual(["还没写完", "solved"]);
    await expectGoodScreen(agent, "late wrap-up");
    await finish(agent);
    await says(agent, "通话结束后在这里填写");
    expect((await room.calls())[0]).toMatchObject({ disposition: "solved", wrapUps: [{ note: "还没写完" }] });
  });

  it("says what another window has completed, and keeps what was written here beside it", async () => {
    await room.wrapUpLimit(60_000);
    const second = await open();
    await wrapUp(caller(0).phone);
    await note(agent).fill("甲");
    await result(second).selectOption("solved");
    await note(second).fill("乙");
    await finish(second);
    await says(agent, /的小结已在别处完成：您在这里写的内容尚未保存$/);
    await agent.getByTestId("given").filter({ hasText: "已保存的小结：已解决 · 乙" }).waitFor();
    await agent.locator(".wrap-up .section-head", { hasText: "已在别处完成" }).waitFor();
    expect(await note(agent).inputValue()).toBe("甲");
    await expectGoodScreen(agent, "completed elsewhere");
    await agent.locator(".wrap-up").getByRole("button", { name: "放弃" }).click();
    await says(agent, "通话结束后在这里填写");
    await wrapUp(caller(1).phone);
    await result(second).selectOption("other");
    await finish(second);
    await says(agent, /的小结已在别处完成：其他$/);
    await says(agent, "通话结束后在这里填写");
    expect((await room.calls()).slice(0, 2)).toMatchObject([
      { disposition: "other" },
      { disposition: "solved", wrapUps: [{ note: "乙" }] },
    ]);
    await second.context().close();
  });

  it("shows all of a customer with two telephones and a long alert, and puts a wrong link right", async () => {
    const { customerId } = caller(3);
    const change = { customerId, phones: [caller(3).phone, "+8613700001111"], alerts: ["务必先核对地址".repeat(28)] };
    await tenant.admin.call("customer.v1.CustomerService/ChangeCustomer", { ...change, updateMask: "phones,alerts" });
    const call = await talk(caller(0).phone);
    await agent.getByTestId("customer-name").waitFor();
    await agent.getByLabel("查找客户").last().fill(caller(3).phone.slice(-8));
    await agent.keyboard.press("Enter");
    await agent
      .getByRole("button", { name: /^是这位/ })
      .first()
      .click();
    const card = agent.locator(".customer");
    await card.locator(".alert").waitFor();
    await card.getByRole("button", { name: /^呼叫/ }).nth(1).waitFor();
    for (const part of [".customer-name", ".alert", ".phones > :nth-child(2) button"])
      expect([part, await inside(card.locator(part), card)]).toEqual([part, true]);
    expect((await agent.getByTestId("customer-name").boundingBox())?.width).toBeGreaterThan(20);
    const shown = await agent.getByTestId("customer-name").textContent();
    await agent.getByRole("button", { name: "返回来电" }).click();
    await agent
      .getByTestId("customer-name")
      .filter({ hasNotText: shown ?? "" })
      .waitFor();
    await agent.getByRole("button", { name: "返回来电" }).waitFor({ state: "detached" });
    await agent.getByLabel("查找客户").last().press("Enter");
    await agent
      .getByRole("button", { name: /^是这位/ })
      .first()
      .click();
    await agent.getByRole("button", { name: "此通话是这位客户" }).click();
    await says(agent, /的通话现在关联到 .+。要改为 .+ 吗？$/);
    await expectGoodScreen(agent, "relink");
    await agent.getByRole("button", { name: "改为这位客户" }).click();
    await agent.getByRole("button", { name: "此通话是这位客户" }).waitFor({ state: "detached" });
    expect((await room.calls())[0]).toMatchObject({ certainty: "sure", customerId });
    call.hangup("caller");
    await agent.locator(".countdown").waitFor();
  });

  it("counts the wrap-up at the top of a phone, and leads to its form", async () => {
    await agent.setViewportSize({ width: 390, height: 844 });
    await agent.locator(".header-wrap-up").click();
    await agent.waitForFunction("document.activeElement?.matches('.wrap-up select')");
    expect(await agent.evaluate("document.querySelector('.wrap-up').getBoundingClientRect().top < innerHeight")).toBe(true);
    await agent.setViewportSize(SIZE);
    await result(agent).selectOption("solved");
    await finish(agent);
    await agent.locator(".call-none").waitFor();
  });

  it("says of a list that it could not be read, and reads it again", async () => {
    const lists = /\/(ListRequests|ListAssets|ListContacts|ListCallbackTasks)$/;
    await agent.route(lists, (route) => route.fulfill({ status: 503, body: "" }));
    await agent.reload();
    const call = await talk(caller(2).phone);
    const unread = agent.getByText("未能读取");
    await unread.nth(4).waitFor({ timeout: 20_000 });
    expect(await agent.locator(".count").allTextContents()).toEqual(["–", "–", "–", "–", "–"]);
    await expectGoodScreen(agent, "unread");
    await agent.unroute(lists);
    await agent.evaluate("document.querySelectorAll('.unread button').forEach((again) => again.click())");
    await says(agent, "没有未结服务请求");
    await unread.first().waitFor({ state: "detached" });
    call.hangup("caller");
  });
});
