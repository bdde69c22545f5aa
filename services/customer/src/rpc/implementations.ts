import { AssetService, CustomerService, SegmentService } from "@trunkline/proto/customer";
import { type Implementation, implement } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeAsset } from "./change-asset.ts";
import { changeCustomer } from "./change-customer.ts";
import { createAsset } from "./create-asset.ts";
import { createCustomer } from "./create-customer.ts";
import { createSegment } from "./create-segment.ts";
import { findDuplicates } from "./find-duplicates.ts";
import { getCustomer } from "./get-customer.ts";
import { identifyCaller } from "./identify-caller.ts";
import { listAssets } from "./list-assets.ts";
import { listContacts } from "./list-contacts.ts";
import { listSegmentMembers } from "./list-segment-members.ts";
import { searchCustomers } from "./search-customers.ts";

export const implementations = (context: Context): Implementation[] => [
  implement(CustomerService, {
    createCustomer: createCustomer(context),
    changeCustomer: changeCustomer(context),
    findDuplicates: findDuplicates(context),
    getCustomer: getCustomer(context),
    identifyCaller: identifyCaller(context),
    searchCustomers: searchCustomers(context),
    listContacts: listContacts(context),
  }),
  implement(AssetService, {
    createAsset: createAsset(context),
    changeAsset: changeAsset(context),
    listAssets: listAssets(context),
  }),
  implement(SegmentService, {
    createSegment: createSegment(context),
    listSegmentMembers: listSegmentMembers(context),
  }),
];
