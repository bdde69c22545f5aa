import { inspect } from "node:util";
import { toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { CustomerKind, CustomerSchema } from "../gen/trunkline/customer/v1/customer_service_pb.js";
import { ContactPermissionEventSchema } from "../gen/trunkline/marketing/v1/marketing_events_pb.js";
import { Channel, ContactPermissionSchema, Purpose } from "../gen/trunkline/marketing/v1/marketing_service_pb.js";
import { RequestSchema } from "../gen/trunkline/service_desk/v1/request_service_pb.js";
import { CallEventSchema } from "../gen/trunkline/telephony/v1/call_events_pb.js";
import { CallQueueSchema } from "../gen/trunkline/telephony/v1/call_queue_service_pb.js";
import { caseOf, messageOf } from "./message-of.ts";

const customer = {
  id: "c1",
  kind: "company",
  name: "海岸渔业",
  phones: ["+8613900000001"],
  emails: [],
  grade: "A",
  tags: ["vip"],
  regionCode: "33",
  address: "宁波",
  timeZone: "Asia/Shanghai",
  alerts: [],
  createdAt: 1_700_000_000_001,
} as const;
const told = { ...customer, revision: 3 };

describe("the message of a state", () => {
  it("is told in the contract's terms: instants, whole numbers, words, and whose it is", () => {
    const message = messageOf(CustomerSchema, told);
    expect(message).toMatchObject({ customerId: "c1", kind: CustomerKind.COMPANY, name: "海岸渔业", revision: 3 });
    expect(message.createdAt).toEqual(timestampFromMs(1_700_000_000_001));
    const targets = [{ target: "resolution", dueAt: 5, missed: false, businessMs: 7, metAt: undefined }];
    expect(messageOf(RequestSchema, { ...REQUEST, targets }).targets[0]).toMatchObject({ businessMs: 7n, dueAt: timestampFromMs(5) });
  });

  it("holds what the message declares and nothing else, however deep", () => {
    const secret = "must not travel";
    const history = [{ at: 1, what: "opened", actor: "e1", reason: "", level: 1, ownerId: "o1", secret }];
    const request = { ...REQUEST, passwordHash: secret, history, $unknown: secret };
    expect(Buffer.from(toBinary(RequestSchema, messageOf(RequestSchema, request))).includes(secret)).toBe(false);
    expect(inspect(messageOf(RequestSchema, request), { depth: null })).not.toContain(secret);
  });

  it("leaves at zero what the state lacks, and never shares a list with it", () => {
    const message = messageOf(RequestSchema, REQUEST);
    expect([message.number, message.resolvedAt, message.level]).toEqual(["", undefined, 2]);
    message.workOrderIds.push("w2");
    expect(REQUEST.workOrderIds).toEqual(["w1"]);
  });

  it("takes what is given in the state's stead, also its own id and a message that is made already", () => {
    expect(messageOf(CustomerSchema, { ...told, customerId: "other" }).customerId).toBe("other");
    const [consent] = messageOf(ContactPermissionSchema, PERMISSION).consents;
    expect(consent).toMatchObject({ channel: Channel.SMS, purpose: Purpose.MARKETING });
    const again = messageOf(ContactPermissionSchema, { ...PERMISSION, consents: consent ? [consent] : [] });
    expect(again.consents[0]).toBe(consent);
  });

  it("copies maps", () => {
    const { gradePriority } = messageOf(CallQueueSchema, QUEUE);
    expect(gradePriority).toEqual({ A: 5 });
    expect(gradePriority).not.toBe(QUEUE.gradePriority);
  });

  it("fails on a word that the contract does not know", () => {
    expect(() => messageOf(CustomerSchema, { ...told, kind: "ship" })).toThrow("CustomerKind has no value ship");
  });

  it("does not compile without a field that the contract always has, nor with one of another kind", () => {
    // @ts-expect-error there is no revision
    expect(messageOf(CustomerSchema, customer).revision).toBe(0);
    // @ts-expect-error a name is text
    expect(messageOf(CustomerSchema, { ...told, name: 5 }).name).toBe(5);
    // @ts-expect-error an instant is a number
    expect(() => messageOf(RequestSchema, { ...REQUEST, history: [{ at: true }] })).not.toThrow();
  });
});

describe("the case of an event", () => {
  it("is the one with its type's name, in either spelling", () => {
    const event = { type: "left_queue", at: 1, reason: "timeout", waitMs: 5 } as const;
    expect(caseOf(CallEventSchema, event)).toMatchObject({ case: "leftQueue", value: { reason: "timeout", waitMs: 5n } });
    expect(caseOf(CallEventSchema, { ...event, type: "leftQueue" })).toEqual(caseOf(CallEventSchema, event));
    const given = { type: "consent_given", channel: "sms", purpose: "survey", proof: "call 7" } as const;
    expect(caseOf(ContactPermissionEventSchema, given)).toMatchObject({ case: "consentGiven", value: { purpose: Purpose.SURVEY } });
  });

  it("does not compile when a field is missing, and fails when there is none", () => {
    // @ts-expect-error how long they waited
    expect(caseOf(CallEventSchema, { type: "left_queue", reason: "timeout" }).case).toBe("leftQueue");
    expect(() => caseOf(CallEventSchema, { type: "beamed_up" } as never)).toThrow("has no event beamed_up");
  });
});

const REQUEST = {
  id: "r1",
  type: "repair",
  state: "new",
  priority: "high",
  subject: "s",
  description: "d",
  queueId: "q",
  ownerId: "o",
  customerId: "c",
  callId: "",
  level: 2,
  resolution: "",
  openedAt: 1,
  number: undefined,
  targets: [],
  history: [],
  workOrderIds: ["w1"],
  relatedRequestIds: [],
};
const PERMISSION = {
  customerId: "c1",
  consents: [{ channel: "sms", purpose: "marketing", state: "given", at: 5, proof: "web" }],
  recent: [],
} as const;
const QUEUE = {
  queueId: "q",
  name: "n",
  strategy: "s",
  skills: [],
  relaxations: [],
  agents: [],
  targetMs: 1,
  offerMs: 1,
  maxWaitMs: 1,
  overflow: "",
  calendarId: "",
  priority: 1,
  gradePriority: { A: 5 },
  autoPauseAfter: 0,
  preferLastAgentMs: 0,
  revision: 1,
};
