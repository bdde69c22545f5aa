import type { RowStore, StoreBackend } from "@trunkline/store";

export type SegmentFilter = {
  readonly grades: readonly string[];
  readonly anyTags: readonly string[];
  readonly regionCodes: readonly string[];
};
export type Segment = { readonly name: string; readonly filter: SegmentFilter };
export type SegmentStore = RowStore<Segment>;

export const openSegmentStore = (backend: StoreBackend): Promise<SegmentStore> => backend.rows<Segment>({ name: "segments", indexes: [] });
