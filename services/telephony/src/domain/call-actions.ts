import { CALL_ACTIONS, type CallAction } from "@trunkline/desktop-client/protocol";

/** What a connection's settings say of what it can be told. */
export type Told = { readonly id: string } & (
  | { readonly kind: "ami"; readonly transferContext?: string | undefined; readonly queueExtension?: string | undefined }
  | { readonly kind: "ari" | "esl" | "webhook" }
);

/** What an agent can have done with a call there. */
export function actionsOn(connectors: readonly Told[], connectorId: string): readonly CallAction[] {
  const connector = connectors.find(({ id }) => id === connectorId);
  if (connector === undefined) return [];
  // A vendor's exchange is told nothing of queues.
  if (connector.kind !== "ami") return CALL_ACTIONS.filter((action) => action !== "transfer_to_queue" || connector.kind !== "webhook");
  const { transferContext, queueExtension } = connector;
  if (transferContext === undefined) return ["decline", "hang_up"];
  return ["decline", "hang_up", "transfer", ...(queueExtension === undefined ? [] : (["transfer_to_queue"] as const))];
}
