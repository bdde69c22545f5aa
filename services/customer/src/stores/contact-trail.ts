import type { RowStore, StoreBackend } from "@trunkline/store";

/** One contact with a customer, whatever service it happened in; the row's id is `<kind>/<id of its source>`. */
export type ContactRow = {
  readonly customerId: string;
  readonly kind: string;
  readonly state: string;
  readonly at: number;
  readonly employeeId: string;
  /** Sequence of the last event of its source that was applied. */
  readonly sequence: number;
  /** A request or a visit since it was closed; all else, which ends by itself, since it was last heard of. */
  readonly overSince?: number;
};
export type ContactTrail = RowStore<ContactRow>;

export const openContactTrail = (backend: StoreBackend): Promise<ContactTrail> =>
  backend.rows<ContactRow>({
    name: "contact_trail",
    indexes: [{ tenant: 1, customerId: 1, at: -1, _id: -1 }, [{ overSince: 1 }, { sparse: true }]],
    overBy: "overSince",
  });
