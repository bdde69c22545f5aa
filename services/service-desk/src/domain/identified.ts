/** Who calls became known, or known better, at that time (epoch ms); until then they were taken for the previous one, or for nobody. */
export type Identified = { readonly customerId: string; readonly previousCustomerId: string; readonly at: number };

/** What came of the call until then goes along, unless it was given to somebody else on purpose; what comes later knows who it is. */
export function goesAlong(
  { customerId, openedAt }: { readonly customerId: string; readonly openedAt: number },
  identified: Identified,
): boolean {
  if (openedAt > identified.at || customerId === identified.customerId) return false;
  return customerId === "" || customerId === identified.previousCustomerId;
}
