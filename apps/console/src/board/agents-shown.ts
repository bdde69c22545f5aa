import type { BoardAgent } from "@trunkline/desktop-client";

/** Without those who can take no calls any more and have none: deactivated, or without their telephone. */
export const agentsShown = (agents: readonly BoardAgent[]): readonly BoardAgent[] =>
  agents.filter(({ extension, callId }) => extension !== "" || callId !== "");

/** Whom a row is about, by whatever is known of them. */
export const nameOf = ({ employeeId, extension }: BoardAgent, names: ReadonlyMap<string, string>): string =>
  names.get(employeeId) || extension || employeeId;
