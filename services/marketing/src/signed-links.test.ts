import { describe, expect, it } from "@jest/globals";
import { signedLinks } from "./signed-links.ts";

const ticket = { tenant: "t1", customerId: "c1", channel: "email", purpose: "marketing" } as const;
const links = signedLinks("https://pages.test/", "0123456789abcdef");
const tokenOf = (url: string) => url.split("/").at(-1) ?? "";

describe("an unsubscribe link", () => {
  it("says for whom and for what", () => {
    const url = links.optOutUrl(ticket);
    expect(url.startsWith("https://pages.test/unsubscribe/")).toBe(true);
    expect(links.readOptOut(tokenOf(url))).toEqual(ticket);
  });

  it("of another secret, for another person, cut or empty is refused", () => {
    const [payload = "", signature = ""] = tokenOf(links.optOutUrl(ticket)).split(".");
    const [other = ""] = tokenOf(links.optOutUrl({ ...ticket, customerId: "c2" })).split(".");
    const foreign = tokenOf(signedLinks("https://x.test", "another-secret-1").optOutUrl(ticket));
    for (const token of [foreign, `${other}.${signature}`, `${payload}.${signature.slice(1)}`, payload, "", "."]) {
      expect(() => links.readOptOut(token)).toThrow(expect.objectContaining({ kind: "invalid", code: "link_invalid" }));
    }
  });
});
