import { describe, expect, it } from "@jest/globals";
import { en } from "../texts/en.ts";
import type { Texts } from "../texts/i18n.ts";
import { type TextKey, zhCN } from "../texts/zh-cn.ts";
import { invalidText } from "./invalid-text.ts";

const textsOf = (texts: Readonly<Record<string, string>>) =>
  ((key: TextKey, values: Readonly<Record<string, string | number>> = {}) =>
    (texts[key] ?? "").replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))) as Texts;

describe("what is said of a field that is not valid", () => {
  it.each([
    ["update_mask: name cannot be changed so", "姓名：请填写", "Name: please fill this in"],
    ["emails.0: must be a valid email address", "邮箱：不是有效的邮箱地址", "E-mail: this is no e-mail address"],
    ["queue.name: must be at least 1 characters", "名称：请填写", "Name: please fill this in"],
    ["name: must show something", "姓名：请填写", "Name: please fill this in"],
    ["subject: value is required", "主题：请填写", "Subject: please fill this in"],
    ["subject: must be at most 200 characters", "主题：最多 200 个字", "Subject: at most 200 characters"],
    ["profile.extension: must be at least 2 characters", "分机：至少 2 个字", "Extension: at least 2 characters"],
    ["phones: must contain no more than 20 item(s)", "电话：最多 20 项", "Telephone: at most 20"],
    ["page_size: must be greater than or equal to 0 and less than or equal to 200", "page_size：应为 0 到 200", "page_size: from 0 to 200"],
    [
      "tags.3: must be one line without characters that cannot be seen",
      "标签：含有不可见的字符",
      "Tags: there are characters that cannot be seen",
    ],
    ["site: must do something new", "填写有误：安装位置", "Not valid: Site"],
  ])("%s", (message, chinese, english) => {
    expect([invalidText(textsOf(zhCN), message), invalidText(textsOf(en), message)]).toEqual([chinese, english]);
  });
});
