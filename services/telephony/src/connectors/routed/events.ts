/**
 * What an exchange tells us of channels in our hands, whatever protocol it speaks: each connector translates its events to these, and its
 * lists to channels and bridges. A bridge is who hears whom in a call of ours; its id is chosen by us.
 */

/** A text that the exchange does not give reads as "". */
export type RoutedChannel = {
  readonly id: string;
  /** The exchange's name of the line: "PJSIP/agent1001-0000002a". */
  readonly name: string;
  /** Down, Ring, Ringing, Up, Busy and others. */
  readonly state: string;
  readonly number: string;
  readonly callerName: string;
  readonly exten: string;
  /** The application that has it, "" if none does. */
  readonly app: string;
  /** What the application was given: the queue first. */
  readonly args: readonly string[];
  /** UTC epoch ms, 0 if unreadable. */
  readonly createdAt: number;
};

export type RoutedBridge = { readonly id: string; readonly channels: readonly string[] };

export type RoutedEventType =
  /** Given to us, or picked up. */
  | "entered"
  /** Not ours any more: taken elsewhere, or on its way down. */
  | "left"
  | "hanging_up"
  | "gone"
  | "state_changed"
  | "dialled"
  | "joined"
  | "parted"
  | "phone_held"
  | "phone_resumed"
  /** A key. */
  | "pressed"
  /** By the agent's own phone. */
  | "transferred_blind"
  | "transferred_attended"
  /** A caller (of ours, perhaps) and somebody whom we did not dial hear each other: `target`. */
  | "reached"
  /** The sound of `bridge` is not kept any more. */
  | "recording_over"
  /** Another instance has taken the application over. */
  | "taken_over";

export type RoutedEvent = {
  readonly type: RoutedEventType;
  /** UTC epoch ms by the PBX's clock, 0 if unreadable. */
  readonly at: number;
  /** Whom it is about: of "dialled" the one who is dialled, of a transfer the one who transfers. */
  readonly channel: RoutedChannel;
  /** Of "entered" the channel that was replaced by this one, of a blind transfer the one that replaces. */
  readonly replace: string;
  /** Of an attended transfer and of "reached": who the caller now talks to. */
  readonly target: RoutedChannel;
  /** Of a transfer: the caller. */
  readonly transferee: string;
  readonly bridge: RoutedBridge;
  readonly args: readonly string[];
  /** ITU-T Q.850, 0 if unknown. */
  readonly cause: number;
  readonly causeText: string;
  readonly dialStatus: string;
  readonly exten: string;
  readonly success: boolean;
  /** The key that was pressed. */
  readonly digit: string;
  /** The length of a recording that is over, ms. */
  readonly durationMs: number;
};

/** How well a caller is heard: mean opinion score 1 to 5, and packets lost on the way from the caller, of all. */
export type Measured = { readonly mos: number; readonly lossPercent: number };

/** As exact as anybody measures it. */
export const tenths = (value: number) => Math.round(value * 10) / 10;

export const NO_CHANNEL: RoutedChannel = {
  id: "",
  name: "",
  state: "",
  number: "",
  callerName: "",
  exten: "",
  app: "",
  args: [],
  createdAt: 0,
};
export const NO_BRIDGE: RoutedBridge = { id: "", channels: [] };
