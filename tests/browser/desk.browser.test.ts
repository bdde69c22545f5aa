import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type DemoTenant, EXTENSIONS, type System } from "@trunkline/dev-env";
import type { Page } from "playwright-core";
import { type ConsoleRoom, openConsoleRoom } from "./console-room.ts";
import { expectGoodScreen, SIZE } from "./pages.ts";

const TENANT = `desk-${process.pid}-${Date.now()}`;
const [FIRST] = EXTENSIONS;
const STRANGER = "+8613712340001";
const customer = (page: Page) => page.getByTestId("customer-name");
const button = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}( ?Alt [A-Z])?$`) });
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe("the agent's desk in a browser", () => {
  const closing = new AsyncDisposableStack();
  const complaints: string[] = [];
  let room: ConsoleRoom;
  let system: System;
  let tenant: DemoTenant;
  let agent: Page;

  const place: ConsoleRoom["place"] = (...call) => room.place(...call);
  const caller = (n: number) => tenant.callers[n] as { customerId: string; phone: string };
  const open: ConsoleRoom["open"] = (...who) => room.open(...who);
  const talk = (from: string) => room.talk(agent, from);
  const nobody = () => agent.locator(".call-none").waitFor();
  const wrapsUp = async () => {
    await agent.locator(".wrap-up select").selectOption("solved");
    await button(agent, "完成").click();
    await nobody();
  };

  beforeAll(async () => {
    room = await openConsoleRoom("desk", TENANT, { closing, complaints, index: 6 });
    ({ system, tenant } = room);
    agent = await open(`agent${FIRST}`);
    await agent.keyboard.press("Alt+KeyR");
    await agent.locator(".my-state .state-ready").waitFor();
  }, 120_000);
  afterAll(() => closing.disposeAsync(), 60_000);
  afterEach(() => expect(complaints).toEqual([]));

  it("rings in the title too, and names the queue", async () => {
    await room.wrapUpLimit(60_000);
    const call = place(caller(0).phone);
    await agent.locator(".call-ringing").waitFor();
    await agent.evaluate(
      "new Promise((rung) => { const look = () => (document.title.includes('来电') ? rung() : requestAnimationFrame(look)); look(); })",
    );
    await agent.keyboard.press("Alt+KeyD");
    await nobody();
    call.hangup("caller");
    expect(await agent.title()).toBe("Trunkline");
  });

  it("keeps a draft with its customer, says so, and gives it to nobody else by itself", async () => {
    const subject = agent.getByLabel("主题");
    const first = await talk(caller(0).phone);
    await customer(agent).waitFor();
    const name = await customer(agent).textContent();
    await subject.fill("字");
    await subject.fill("");
    first.hangup("caller");
    await wrapsUp();
    const second = await talk(caller(1).phone);
    await customer(agent)
      .filter({ hasNotText: name ?? "" })
      .waitFor();
    const other = (await customer(agent).textContent()) ?? "";
    await agent.getByTestId("request-for").filter({ hasText: other }).waitFor();
    await subject.fill("漏水");
    second.hangup("caller");
    await wrapsUp();

    const third = await talk(caller(0).phone);
    await says(agent, `草稿属于 ${other}`);
    expect(await agent.getByRole("button", { name: "提交请求" }).count()).toBe(0);
    await expectGoodScreen(agent, "draft of somebody else");
    await agent.reload();
    await says(agent, `草稿属于 ${other}`);
    await agent.getByRole("button", { name: `用于 ${name}` }).click();
    await agent.getByLabel("受理队列").selectOption("repair");
    await agent.getByRole("button", { name: "提交请求" }).click();
    await says(agent, new RegExp(`^服务请求已提交：${name} \\d{4}-\\d+$`));
    const { requests } = await tenant.admin.call<{ requests: object[] }>("service_desk.v1.RequestService/ListRequests", {
      customerId: caller(0).customerId,
    });
    expect(requests).toMatchObject([{ subject: "漏水" }]);
    const record = agent.getByTestId("record");
    await agent.getByRole("button", { name: "漏水", exact: true }).click();
    await record.getByText(/^\d{4}-\d+$/).waitFor();
    await record.getByText("已提交").first().waitFor();
    await expectGoodScreen(agent, "request opened");
    await agent.keyboard.press("Escape");
    await agent.getByRole("button", { name: "通话", exact: true }).first().click();
    await record.getByText("呼入").waitFor();
    await expectGoodScreen(agent, "call opened");
    await agent.keyboard.press("Escape");
    await record.waitFor({ state: "detached" });
    third.hangup("caller");
    await wrapsUp();
  });

  it("counts a wrap-up down, makes it longer, says when it is over, and takes the result afterwards", async () => {
    await room.wrapUpLimit(14_000);
    const first = await talk(caller(0).phone);
    first.hangup("caller");
    await agent.locator(".countdown.soon").waitFor();
    await expectGoodScreen(agent, "wrap-up soon over");
    await agent.getByRole("button", { name: "+1 分钟" }).click();
    await agent.locator(".countdown", { hasText: /^1:/ }).waitFor();
    expect(await agent.locator(".countdown.soon").count()).toBe(0);
    await wrapsUp();

    await room.wrapUpLimit(1_000);
    const second = await talk(caller(1).phone);
    second.hangup("caller");
    await says(agent, /的话后处理已到时：仍可补填结果$/);
    await nobody();
    await agent.getByRole("button", { name: /^补填 / }).click();
    await agent.locator(".wrap-up select").selectOption("follow_up");
    await agent.getByLabel("备注（可不填）").fill("下周回访");
    await button(agent, "完成").click();
    await agent.getByRole("button", { name: /^补填 / }).waitFor({ state: "detached" });
    expect((await room.calls())[0]).toMatchObject({ disposition: "follow_up", wrapUps: [{ note: "下周回访" }] });
  });

  it("has a call that went on elsewhere back after no reload, once its wrap-up is over", async () => {
    const call = await talk(caller(0).phone);
    await agent.keyboard.press("Alt+KeyT");
    await agent.getByLabel("姓名或分机").fill("7777");
    await agent.getByRole("button", { name: "仍要转接" }).click();
    await agent.getByRole("dialog").waitFor({ state: "detached" });
    expect(await agent.evaluate("document.activeElement.className")).toBe("call-body");
    await says(agent, /的话后处理已到时：仍可补填结果$/);
    await nobody();
    await agent.reload();
    await agent.locator(".my-state .state-ready").waitFor();
    expect(await agent.locator(".call-none").count()).toBe(1);
    expect(await agent.locator(".countdown").count()).toBe(0);
    call.hangup("caller");
  });

  it("shows at once that there is no network, does nothing then, and nothing later by itself", async () => {
    const changes: string[] = [];
    agent.on("request", (request) => {
      if (request.url().endsWith("/ChangeMyMode")) changes.push(request.postData() ?? "");
    });
    await agent.context().setOffline(true);
    await agent.getByRole("alert").filter({ hasText: "没有网络" }).waitFor();
    await agent.locator(".link-offline").waitFor();
    await agent.keyboard.press("Alt+KeyB");
    await says(agent, "没有网络：操作没有执行");
    await expectGoodScreen(agent, "no network");
    await agent.context().setOffline(false);
    await agent.locator(".link-open").waitFor();
    await agent.keyboard.press("Alt+KeyO");
    await agent.locator(".my-state .state-offline").waitFor();
    expect(changes).toEqual(['{"mode":"offline"}']);
    await agent.keyboard.press("Alt+KeyR");
    await agent.locator(".my-state .state-ready").waitFor();
  });

  it("shows who may be doubled before it is done, links whom the agent picks, and adds the number", async () => {
    const call = await talk(STRANGER);
    await says(agent, "没有此号码的客户");
    await agent.getByLabel("电话", { exact: true }).fill(caller(2).phone);
    await says(agent, "可能已有此客户");
    await expectGoodScreen(agent, "duplicates");
    await agent.getByRole("button", { name: /^用这位/ }).click();
    await customer(agent).waitFor();
    await agent.getByRole("button", { name: /^添加号码/ }).click();
    await agent.getByRole("button", { name: /^添加号码/ }).waitFor({ state: "detached" });
    expect((await room.calls())[0]).toMatchObject({ certainty: "sure", customerId: caller(2).customerId });
    const read = await tenant.admin.call<{ customer: { phones: string[] } }>("customer.v1.CustomerService/GetCustomer", {
      customerId: caller(2).customerId,
    });
    expect(read.customer.phones).toContain(STRANGER);
    call.hangup("caller");
    await nobody();
  });

  it("keeps a new customer who was begun over a search and the end of the call, and takes one without a call", async () => {
    const typed = async () => [await agent.getByLabel("姓名").inputValue(), await agent.getByLabel("地址").inputValue()];
    const search = async (words: string) => {
      await agent.keyboard.press("Alt+KeyS");
      await agent.keyboard.type(words);
      await agent.keyboard.press("Enter");
    };
    const call = await talk("+8613712340009");
    await says(agent, "没有此号码的客户");
    await agent.getByLabel("姓名").fill("赵一");
    await agent.getByLabel("地址").fill("朝阳路");
    await search(caller(2).phone.slice(-8));
    await agent.getByRole("button", { name: "返回来电" }).click();
    expect(await typed()).toEqual(["赵一", "朝阳路"]);
    call.hangup("caller");
    await nobody();
    expect(await typed()).toEqual(["赵一", "朝阳路"]);
    await expectGoodScreen(agent, "new customer after the call");
    await search("查无此人");
    await says(agent, "姓名和拼音按开头查找，号码按末几位查找。");
    await expectGoodScreen(agent, "nobody found");
    await agent.locator(".empty").getByRole("button", { name: "新建客户" }).click();
    expect(await typed()).toEqual(["查无此人", ""]);
    await agent.getByLabel("地址").fill("二环");
    await agent.getByRole("button", { name: "新建", exact: true }).click();
    await customer(agent).filter({ hasText: "查无此人" }).waitFor();
    await agent.getByRole("button", { name: "新客户草稿" }).click();
    expect(await typed()).toEqual(["赵一", "朝阳路"]);
    await agent.getByRole("button", { name: "新建", exact: true }).click();
    await customer(agent).filter({ hasText: "赵一" }).waitFor();
    await agent.getByRole("button", { name: "新建客户" }).waitFor();
  });

  it("links an unknown caller to whom was searched for", async () => {
    const call = await talk("+8613712340002");
    await agent.getByLabel("查找客户").last().fill(caller(1).phone.slice(-8));
    await agent.keyboard.press("Enter");
    await says(agent, "选中的客户将关联到当前通话。");
    await expectGoodScreen(agent, "search");
    await agent
      .getByRole("button", { name: /^是这位/ })
      .first()
      .click();
    await agent.locator(".call .tag-sure").waitFor();
    expect((await room.calls())[0]).toMatchObject({ certainty: "sure", customerId: caller(1).customerId });
    call.hangup("caller");
    await nobody();
  });

  it("changes a customer, and not over what somebody else has just saved", async () => {
    await agent.getByRole("button", { name: "编辑" }).click();
    await agent.getByLabel("地址").fill("朝阳路 1 号");
    await agent.getByLabel("标签（用逗号分开）").fill("老客户，大客户");
    await expectGoodScreen(agent, "edit customer");
    await agent.getByRole("button", { name: "保存" }).click();
    await agent.locator(".facts", { hasText: "老客户, 大客户" }).waitFor();
    await agent.getByRole("button", { name: "编辑" }).click();
    const customerId = caller(1).customerId;
    const change = { customerId, grade: "E", updateMask: "grade" };
    await tenant.admin.call("customer.v1.CustomerService/ChangeCustomer", change);
    await agent.getByLabel("地址").fill("别处");
    await agent.getByRole("button", { name: "保存" }).click();
    await says(agent, "其他人刚保存过：请重新打开后再修改");
    await agent.keyboard.press("Escape");
  });

  it("keeps what is being typed about a customer when a call rings, beside the ring", async () => {
    const name = await customer(agent).textContent();
    const dialog = agent.getByRole("dialog");
    for (const [opens, label] of [
      ["编辑", "地址"],
      ["添加", "产品"],
    ] as const) {
      await agent.getByRole("button", { name: opens, exact: true }).click();
      await dialog.getByLabel(label).fill("写到一半");
      const call = place(caller(0).phone);
      await agent.locator(".call-ringing").waitFor();
      await customer(agent)
        .filter({ hasNotText: name ?? "" })
        .waitFor();
      expect(await dialog.getByLabel(label).inputValue()).toBe("写到一半");
      await expectGoodScreen(agent, `ring beside ${opens}`);
      call.hangup("caller");
      await nobody();
      await agent.evaluate("location.hash = 'board'");
      await agent.getByRole("button", { name: "继续编辑" }).click();
      expect(await dialog.getByLabel(label).inputValue()).toBe("写到一半");
      await agent.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await agent.getByLabel("查找客户").last().fill(caller(1).phone.slice(-8));
      await agent.keyboard.press("Enter");
      await agent
        .getByRole("button", { name: /^是这位/ })
        .first()
        .click();
      await customer(agent)
        .filter({ hasText: name ?? "" })
        .waitFor();
    }
  });

  it("draws a call out as one, and offers no second one meanwhile", async () => {
    system.simulators.ari.get(TENANT)?.phone(FIRST).behave({ answerMs: 60_000 });
    await agent.locator(".customer").getByRole("button", { name: /^呼叫/ }).first().click();
    await agent.locator(".call-out .state-dialling").waitFor();
    await says(agent, "请先接听您的话机");
    expect(await button(agent, "拒接").count()).toBe(0);
    expect(await agent.locator(".customer").getByRole("button", { name: /^呼叫/ }).first().isDisabled()).toBe(true);
    await expectGoodScreen(agent, "call out");
    await button(agent, "取消").click();
    await nobody();
  });

  it("wraps up a call out, which has no queue to ask about, and says in the trail that it was ours", async () => {
    const asked: string[] = [];
    agent.on("request", (request) => {
      if (request.url().endsWith("/GetCallQueue")) asked.push(request.postData() ?? "");
    });
    await room.wrapUpLimit(60_000);
    system.simulators.ari.get(TENANT)?.phone(FIRST).behave({ answerMs: 0 });
    await agent.locator(".customer").getByRole("button", { name: /^呼叫/ }).first().click();
    await agent.locator(".call-talking").waitFor();
    await button(agent, "挂断").click();
    await agent.locator(".wrap-up.due").waitFor();
    await wrapsUp();
    expect(asked.filter((body) => !/"queueId":"./.test(body))).toEqual([]);
    await agent.locator(".customer").getByText("呼出，已接通").first().waitFor();
  });

  it("is usable on a telephone: one column, nothing wider than the screen", async () => {
    await agent.setViewportSize({ width: 390, height: 844 });
    expect(await agent.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await agent.setViewportSize(SIZE);
  });

  it("is off line at once when its agent logs out, who is asked first with a call in hand", async () => {
    await room.wrapUpLimit(60_000);
    const call = await talk(caller(0).phone);
    await agent.getByRole("button", { name: "退出" }).click();
    await says(agent, "您还有通话或话后处理。退出后您将离线，通话仍在话机上继续。");
    await expectGoodScreen(agent, "log out");
    await agent.getByRole("button", { name: "取消" }).click();
    call.hangup("caller");
    await agent.locator(".wrap-up.due").waitFor();
    await wrapsUp();
    await agent.getByRole("button", { name: "退出" }).click();
    await agent.locator("[name=tenant]").waitFor();
    const { sessions } = await tenant.admin.call<{ sessions: { extension: string; mode: string }[] }>(
      "telephony.v1.AgentSessionService/ListSessions",
      {},
    );
    expect(sessions.find(({ extension }) => extension === FIRST)?.mode).toBe("offline");
  });
});
