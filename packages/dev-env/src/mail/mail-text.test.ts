import { describe, expect, it } from "@jest/globals";
import { parseMail } from "./mail-text.ts";

const mail = (...lines: string[]) => parseMail(Buffer.from(lines.join("\r\n"), "utf8"));

describe("a mail's text", () => {
  it("has its headers unfolded and decoded, also where a character is cut between two words", () => {
    const bytes = Buffer.from("空调秋季保养");
    const words = [bytes.subarray(0, 8), bytes.subarray(8)].map((part) => `=?UTF-8?B?${part.toString("base64")}?=`);
    const { header } = mail(`Subject: ${words[0]}`, ` ${words[1]}`, "Message-ID: <m1@x.test>", "X: =?UTF-8?Q?a=5Fb_=E5=85=BB?=", "", "");
    expect(header("subject")).toBe("空调秋季保养");
    expect(header("message-id")).toBe("<m1@x.test>");
    expect(header("x")).toBe("a_b 养");
    expect(header("nothing")).toBe("");
  });

  it.each([
    ["quoted-printable", ["<p>=E7=8E=8B=", "=E5=B0=8F</p>"], "<p>王小</p>"],
    ["base64", [Buffer.from("<p>王</p>").toString("base64")], "<p>王</p>"],
    ["8bit", ["<p>王</p>"], "<p>王</p>"],
  ])("has its body decoded from %s", (encoding, lines, body) => {
    expect(mail(`Content-Transfer-Encoding: ${encoding}`, "", ...lines).body).toBe(body);
  });
});
