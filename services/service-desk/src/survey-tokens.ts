import { createHmac, timingSafeEqual } from "node:crypto";
import { DomainError } from "@trunkline/errors";

export type SurveyTokens = {
  /** What opens one survey to whoever holds it; made from the id, so nothing is stored. */
  write(tenant: string, surveyId: string): string;
  /** @throws DomainError not_found survey_token_invalid */
  read(token: string): { readonly tenant: string; readonly surveyId: string };
  link(tenant: string, surveyId: string): string;
};

/** Half of SHA-256: as hard to guess as a random UUID, and short enough for an SMS. */
const MAC_BYTES = 16;

/**
 * Tokens of the form tenant.id.mac, each part base64url.
 * @param linkBase what stands before the token in a link
 */
export function surveyTokens(secret: string, linkBase: string): SurveyTokens {
  const mac = (tenant: string, surveyId: string) =>
    createHmac("sha256", secret).update(`survey/${tenant.length}/${tenant}/${surveyId}`).digest().subarray(0, MAC_BYTES);
  const write = (tenant: string, surveyId: string) =>
    [Buffer.from(tenant), Buffer.from(surveyId.replaceAll("-", ""), "hex"), mac(tenant, surveyId)]
      .map((part) => part.toString("base64url"))
      .join(".");
  return {
    write,
    link: (tenant, surveyId) => linkBase + write(tenant, surveyId),
    read: (token) => {
      const [tenantPart = "", idPart = "", macPart = ""] = token.split(".", 3);
      const tenant = Buffer.from(tenantPart, "base64url").toString("utf8");
      const hex = Buffer.from(idPart, "base64url").toString("hex");
      const surveyId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
      const given = Buffer.from(macPart, "base64url");
      const expected = mac(tenant, surveyId);
      if (given.length === expected.length && timingSafeEqual(given, expected)) return { tenant, surveyId };
      throw new DomainError("not_found", "survey_token_invalid", "this survey link is not valid: open the link from the message whole");
    },
  };
}
