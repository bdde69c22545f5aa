import type { RowStore, StoreBackend } from "@trunkline/store";

/**
 * The images beside their work orders, so that lists do not carry them. The id is `<work order>/<sha256>`: the row goes in
 * first, and counts from when the work order names its hash.
 */
export type SignatureStore = RowStore<{ readonly image: string; readonly at: number }>;

export const signatureId = (workOrderId: string, sha256: string) => `${workOrderId}/${sha256}`;

export const openSignatureStore = (backend: StoreBackend): Promise<SignatureStore> =>
  backend.rows({ name: "signatures", indexes: [{ at: 1 }], overBy: "at" });
