import { describe, expect, it } from "@jest/globals";
import { checkPassword } from "./password-policy.ts";

const who = { tenant: "lanhai-service", login: "wang.wei.beijing", name: "Wang Wei Beijing" };
const answer = (password: string) => {
  try {
    return checkPassword(password, who) ?? "good";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("a password", () => {
  it.each([
    "password",
    "12345678",
    " ".repeat(12),
    "\u3000".repeat(12),
    "short-one",
    "   abcdefg   ",
    "aaaaaaaaaaaa",
    "ababababababab",
    "1234567890",
    "Password123",
    "password123!",
    "administrator",
    "Administrator2026",
    "lanhai-service",
    "LanHai-Service1",
    "wang.wei.beijing",
    "Wang Wei Beijing!",
    "👍".repeat(10),
  ])("that is %j is too weak", (password) => expect(answer(password)).toBe("password_weak"));

  it.each(["trunkline-demo", "a-password", "wrong-horse-battery", "蓝海客服的第一个口令啊", "9f3k2-aa81x"])(
    "that is %j is good",
    (password) => expect(answer(password)).toBe("good"),
  );
});
