import { describe, expect, it } from "@jest/globals";
import { readable } from "./number.ts";
import { regionName } from "./regions.ts";

describe("what people read", () => {
  it.each([
    ["+8613900001000", "139 0000 1000"],
    ["+86139****1000", "139 **** 1000"],
    ["+861088886666", "010 8888 6666"],
    ["+862088886666", "020 8888 6666"],
    ["+8657188886666", "0571 8888 6666"],
    ["+442079460000", "+442079460000"],
    ["anonymous", "anonymous"],
    ["", ""],
  ])("%s is %s", (number, shown) => expect(readable(number)).toBe(shown));

  it("is a region's name, the province where the district is not at hand, and the code of none", () => {
    expect([regionName("110105", "zh-CN"), regionName("110105", "en")]).toEqual(["北京市朝阳区", "Beijing, Chaoyang"]);
    expect([regionName("330106", "zh-CN"), regionName("330106", "en")]).toEqual(["浙江省", "Zhejiang"]);
    expect([regionName("990000", "en"), regionName("", "en")]).toEqual(["990000", ""]);
  });
});
