import type { CallKey, Line } from "../../domain/line.ts";
import { offerIdOf } from "../../facts/call-keys.ts";
import { checkedExtension } from "../pbx/checked.ts";
import { atTheTelephone, callGone, callNotTalking } from "../pbx/errors.ts";
import type { AmiConnection } from "./connection.ts";
import type { TrackedCall } from "./state.ts";

type Connection = Pick<AmiConnection, "action" | "call" | "ready" | "resync">;
/** ITU-T Q.850: call rejected, normal call clearing. */
const [REJECTED, NORMAL] = ["21", "16"];

/** What a dial plan may have as an extension. */
const QUEUE = /^[\w.-]{1,40}$/;

type AmiSettings = {
  readonly tenant: string;
  readonly transferContext?: string | undefined;
  readonly queueExtension?: string | undefined;
};

/**
 * What an exchange that distributes by itself can be told to do with a call: what the agents' telephones could. Channels are named by their
 * Uniqueid, which a masquerade does not change.
 */
export function amiLine(
  connection: Connection,
  { tenant, transferContext, queueExtension }: AmiSettings,
  callIdOf: (key: CallKey) => string,
): Line {
  const live = ({ linkedid }: CallKey): TrackedCall => {
    const call = connection.call(linkedid);
    if (call === undefined) throw callGone();
    return call;
  };
  const hangUp = (channel: string, cause: string) => connection.action({ Action: "Hangup", Channel: channel, Cause: cause });
  const blindTransfer = async (key: CallKey, exten: string) => {
    if (transferContext === undefined) throw atTheTelephone();
    const { talker } = live(key);
    if (talker === undefined) throw callNotTalking();
    await connection.action({ Action: "BlindTransfer", Channel: talker.channel, Context: transferContext, Exten: exten });
  };
  return {
    tenant,
    dialOut: "",
    callerNumber: "",
    ready: connection.ready,
    resync: connection.resync,
    async hangUp(key) {
      const call = live(key);
      // As if the agent had hung up: the dial plan may have something for the caller.
      await hangUp(call.talker?.channel || call.channel, NORMAL);
    },
    async withdraw(key, offerId) {
      const { offers } = live(key);
      const offer = offers.find(({ channel, ...one }) => offerIdOf(callIdOf(key), { ...one, leg: channel }) === offerId);
      if (offer) await hangUp(offer.channel, REJECTED);
    },
    async transfer(key, { destination, kind }) {
      if (kind !== "blind") throw atTheTelephone();
      await blindTransfer(key, checkedExtension(destination));
    },
    async transferToQueue(key, queue) {
      if (queueExtension === undefined || !QUEUE.test(queue)) throw atTheTelephone();
      await blindTransfer(key, queueExtension.replace("{queue}", queue));
    },
    ring: refuse,
    hold: refuse,
    resume: refuse,
    record: refuse,
    pauseRecording: refuse,
    resumeRecording: refuse,
    listen: refuse,
    callIntoQueue: refuse,
    originate: refuse,
  };
}

async function refuse(): Promise<never> {
  throw atTheTelephone();
}
