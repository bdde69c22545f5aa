import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { describeConfig } from "@trunkline/config";
import { z } from "zod";
import { ownSettings, serviceDeskConfig } from "./config.ts";

describe("the settings", () => {
  it("stand in the README as they are", () => {
    expect(readFileSync(new URL("../README.md", import.meta.url), "utf8")).toContain(describeConfig(z.object(ownSettings)));
  });

  it("that are missing are named all at once", () => {
    expect(() => serviceDeskConfig({})).toThrow(
      /CUSTOMER_ADDRESS[\s\S]*TELEPHONY_ADDRESS[\s\S]*MARKETING_ADDRESS[\s\S]*SURVEY_SECRET[\s\S]*SURVEY_LINK_BASE/,
    );
  });
});
