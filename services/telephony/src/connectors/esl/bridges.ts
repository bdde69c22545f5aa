import type { RoutedEvent } from "../routed/events.ts";
import type { RoutedLists } from "../routed/stream.ts";
import { bridgeOf, legOf, refOf } from "../routed/values.ts";

/** Who is in which bridge of ours: FreeSWITCH joins lines two by two and knows no bridge with one line in it. */
export type EslBridges = {
  /** Who is in it once these have joined. */
  join(bridge: string, channels: readonly string[]): readonly string[];
  leave(bridge: string, channels: readonly string[]): void;
  end(bridge: string): void;
  take(event: RoutedEvent): void;
  /** From the exchange, after a cut. */
  reset(bridges: RoutedLists["bridges"]): void;
  size(): number;
};

export function eslBridges(): EslBridges {
  let inside = new Map<string, Set<string>>();
  const own = (channel: string) => bridgeOf(legOf(channel)?.ref ?? refOf(channel));
  const leave = (bridge: string, channels: readonly string[]) => {
    const members = inside.get(bridge);
    for (const channel of channels) members?.delete(channel);
    if (members?.size === 0) inside.delete(bridge);
  };
  return {
    join(bridge, channels) {
      const members = inside.get(bridge) ?? new Set<string>();
      inside.set(bridge, members);
      for (const channel of channels) members.add(channel);
      return [...members];
    },
    leave,
    end: (bridge) => void inside.delete(bridge),
    take({ type, channel, target }) {
      if (type === "gone") leave(own(channel.id), [channel.id]);
      // Somebody whom the caller was handed to by a phone stands where the agent stood.
      if (type === "reached") inside.get(own(channel.id))?.add(target.id);
    },
    reset(bridges) {
      inside = new Map(bridges.map(({ id, channels }) => [id, new Set(channels)]));
    },
    size: () => inside.size,
  };
}
