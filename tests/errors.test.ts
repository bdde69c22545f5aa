import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { ambiguousCodes, ERRORS_PAGE, errorCodes, errorsPage, hiddenCodes } from "./error-codes.ts";

describe("docs/reference/errors.md", () => {
  it("lists every code that the code can answer with, and no other", () => {
    expect(readFileSync(ERRORS_PAGE, "utf8")).toBe(errorsPage());
  });

  it("finds the codes at all, and each is stable snake_case", () => {
    const codes = errorCodes().map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        "token_expired",
        "request_id_reused",
        "customer_not_found",
        "pbx_unavailable",
        "no_engineer_qualifies",
        "peer_unavailable",
        "ladder_gap",
      ]),
    );
    expect(codes.filter((code) => !/^[a-z]+(_[a-z0-9]+)*$/.test(code))).toEqual([]);
  });

  it("gives each code one kind wherever it is thrown", () => expect(ambiguousCodes()).toEqual([]));

  it("sees every code: none is put together where this page cannot look", () => {
    // What a peer sent, and what its transport said, are rebuilt there from codes that the page has.
    expect(hiddenCodes()).toEqual({ "packages/rpc/src/status.ts": 2 });
  });
});
