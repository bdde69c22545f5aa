/** Ways to reach a person. A call is asked for here and made by telephony; the others go out through this service. */
export type ContactChannel = "sms" | "email" | "call";
export type SendChannel = "sms" | "email";

/** Why a person is contacted: it decides which rules hold. */
export type Purpose = "marketing" | "service" | "survey";

/** How a consent or an opt-out is proven. */
export type Proof = "keyword" | "link" | "agent" | "form" | "import";
