import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { en } from "./en.ts";
import { zhCN } from "./zh-cn.ts";

const SOURCES = fileURLToPath(new URL("..", import.meta.url));
const ERRORS = fileURLToPath(new URL("../../../../docs/reference/errors.md", import.meta.url));
const FIGURES = fileURLToPath(new URL("../../../../services/analytics/src/domain/figures.ts", import.meta.url));
/** Keys that are put together from a code. */
const GROUPS =
  /^(state|reason|link|match|type|priority|requestState|visit|contact|contactState|disposition|callbacks|strategy|wrapUpMode|rule|error|overflow|view|verdict|callbackFirst|calls|outcome|recording|role|roleHere|roleApi|standing|staff|queueCallback|history|figure|fieldType|operator|span|change|problem)\./;

const codes = [...readFileSync(ERRORS, "utf8").matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code = ""]) => code);
/** Codes of what no page calls (templates, ladders, dispatch, the survey's own page), of commands, and of settings and machines among themselves. */
const ELSEWHERE = new RegExp(
  `^(${[
    "(backup|batch|calendar|contact_permission|ladder|matching|message|restore|segment|signature|smpp|template|webhook|window)_.*",
    "(agent_session|asset|call|callback_task|customer|request|survey|work_order)_exists|asset_not_found",
    "carrier_missing|data_missing|event_malformed|folder_(in_use|unusable)|no_store|offset_out_of_range|too_many_parked_keys|numbers_busy|receipt_unmatched",
    "pbx_(action_.*|application_replaced|endpoint_invalid|id_invalid|login_refused|secret_invalid|url_invalid)",
    "channel_not_sent|consent_withdrawn|recipient_missing|figure_unknown|range_invalid|time_zone_invalid|target_order_invalid",
    "dispatch_in_progress|no_engineer_qualifies|not_the_engineer|offer_expired|work_order_(dispatched|state)|too_many_(lines|work_orders)",
    "request_closed|request_owned_by_other|link_invalid|survey_(expired|token_invalid)",
  ].join("|")})$`,
);

const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
const source = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("texts/"))
  .map((file) => readFileSync(`${SOURCES}${file}`, "utf8"))
  .join("\n");

describe("the texts of the console", () => {
  it("are the same in both languages, with the same variables", () => {
    expect(Object.keys(en)).toEqual(Object.keys(zhCN));
    const texts: Readonly<Record<string, string>> = zhCN;
    const differing = Object.entries(en).filter(([key, text]) => String(variables(text)) !== String(variables(texts[key] ?? "")));
    expect(differing).toEqual([]);
  });

  it("are translated: no Chinese in English, and no English sentence in Chinese", () => {
    expect(Object.values(en).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
    expect(Object.values(zhCN).filter((text) => text !== "Trunkline" && !/\p{Script=Han}/u.test(text))).toEqual([]);
  });

  it("are right for one too: no number stands before a plural", () => {
    expect(Object.values(en).filter((text) => /\{\{(count|rows)\}\} (times|calls)/.test(text))).toEqual([]);
  });

  it("begin the state of a contact with a capital, each like the others", () => {
    expect(Object.entries(en).filter(([key, text]) => key.startsWith("contactState.") && /^[a-z]/.test(text))).toEqual([]);
  });

  it("are all used, or belong to a group of codes", () => {
    const listed = /^(records\.(required|personal|retired)|queues\.(agents|skills|relaxations|grades)(Hint|Invalid)?|call\.(sure|maybe))$/;
    expect(Object.keys(en).filter((key) => !GROUPS.test(key) && !listed.test(key) && !source.includes(`"${key}"`))).toEqual([]);
  });

  it("say how a figure is counted as long as it is counted so", () => {
    const counted = readFileSync(FIGURES, "utf8");
    const ids = Object.keys(en).flatMap((key) => (key.startsWith("figure.") ? [key.slice("figure.".length)] : []));
    expect(ids).toHaveLength(3);
    expect(ids.filter((id) => !counted.includes(`"${id.replace(/\.count\.v1$/, "")}"`))).toEqual([]);
  });

  it("are there for every code of a refusal that the console can meet", () => {
    const unnamed = codes.filter((code) => !Object.hasOwn(en, `error.${code}`));
    expect(unnamed.filter((code) => !ELSEWHERE.test(code))).toEqual([]);
  });

  it("are there for every code of an error that they name", () => {
    const known = new Set(codes);
    const local = new Set(["network", "no_network", "other", "unimplemented"]);
    const named = Object.keys(en).flatMap((key) => (key.startsWith("error.") ? [key.slice("error.".length)] : []));
    const missing = named.filter((code) => !known.has(code) && !local.has(code));
    expect(missing).toEqual([]);
  });
});
