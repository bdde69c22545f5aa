import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { DESKTOP_PROTOCOL, desktopProtocol } from "./desktop-protocol.ts";

describe("docs/reference/desktop-socket.asyncapi.json", () => {
  it("is what the server checks by: made anew by `node tests/write-reference.ts`", () => {
    expect(readFileSync(DESKTOP_PROTOCOL, "utf8")).toBe(desktopProtocol());
  });

  it("names every message of both ways once", () => {
    const { components } = JSON.parse(desktopProtocol()) as { components: { messages: object } };
    expect(Object.keys(components.messages).sort()).toEqual(
      [
        ...["board_change", "callbacks_changed", "frame", "pong", "snapshot", "welcome"],
        ...["hello", "ping", "shown", "unwatch_board", "watch_board"],
      ].sort(),
    );
  });
});
