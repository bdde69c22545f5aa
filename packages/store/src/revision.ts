import { DomainError } from "@trunkline/errors";

/**
 * Settings that are saved whole: whoever saves gives back the revision that they read, 0 for what is new. Kept beside the settings.
 * @param given undefined: whoever saves did not look, and saves over whatever is there
 * @returns the next one. @throws conflict stale_revision when somebody has saved meanwhile
 */
export function nextRevision(stored: { readonly revision?: number } | undefined, given: number | undefined): number {
  const current = stored?.revision ?? 0;
  if (given === undefined || given === current) return current + 1;
  throw new DomainError("conflict", "stale_revision", "somebody else has saved this meanwhile: load it again and make your change there", {
    revision: current,
  });
}
