/** What the connector wants done. `call` is the call's ref: orders of one call go out one after the other, calls side by side. */
export type RoutedOrder = { readonly call: string } & (
  | { readonly do: "answer" | "hold_music" | "stop_music" | "ring_back" | "stop_ring_back"; readonly channel: string }
  /** Events of this channel, also after it left the application. Its channel is over if there is nothing to follow. */
  | { readonly do: "follow"; readonly channel: string }
  | { readonly do: "hang_up"; readonly channel: string; readonly reason: "normal" | "no_answer" | "busy" }
  | {
      readonly do: "dial";
      readonly channel: string;
      readonly endpoint: string;
      readonly args: readonly string[];
      readonly callerId: string;
      /** The PBX gives up by itself after this, whole seconds. */
      readonly timeoutS: number;
    }
  | { readonly do: "make_bridge" | "end_bridge"; readonly bridge: string }
  | { readonly do: "join" | "leave"; readonly bridge: string; readonly channels: readonly string[] }
  /** A channel with what is said on another one. */
  | { readonly do: "copy"; readonly channel: string; readonly copy: string }
  /** What is heard in the bridge, or on the caller's line, whichever the exchange records. */
  | { readonly do: "record"; readonly bridge: string; readonly caller: string; readonly name: string }
  | { readonly do: "pause_recording" | "resume_recording"; readonly caller: string; readonly name: string }
  /** Not the PBX's: whether the offer is still current. */
  | { readonly do: "ask"; readonly channel: string; readonly offerId: string }
  /** Not the PBX's: tell when the ring is over. */
  | { readonly do: "time"; readonly channel: string; readonly ms: number }
);

/** Whoever ordered these must know that they failed; the failure of any other changes nothing: it was about what is over already. */
const FATAL: ReadonlySet<RoutedOrder["do"]> = new Set([
  "dial",
  "make_bridge",
  "join",
  "copy",
  "record",
  "pause_recording",
  "resume_recording",
]);

export function isHarmless(order: RoutedOrder): boolean {
  return !FATAL.has(order.do);
}
