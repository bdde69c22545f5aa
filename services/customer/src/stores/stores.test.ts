import { aggregateContract } from "@trunkline/store/contract";
import { createAsset } from "../domain/asset.ts";
import { createCustomer } from "../domain/customer.ts";
import { assetTopic, openAssetStore } from "./asset-store.ts";
import { customerTopic, openCustomerStore } from "./customer-store.ts";

const asset = { customerId: "c1", product: "KFR-35GW", serial: "SN1", site: "建国路88号", installedOn: "", warrantyUntil: "" };
aggregateContract("asset", {
  open: openAssetStore,
  topic: assetTopic,
  created: (id, at) => createAsset({ id, ...asset }, at),
  by: "createdAt",
  personal: ["建国路88号", "SN1"],
});

const customer = { kind: "person", name: "王伟", phones: ["+8613900000001"], emails: ["wang@example.com"], address: "建国路88号" } as const;
aggregateContract("customer", {
  open: openCustomerStore,
  topic: customerTopic,
  created: (id, at) => createCustomer({ id, ...customer, grade: "A", tags: ["vip"], regionCode: "33", timeZone: "", alerts: [] }, at),
  by: "createdAt",
  personal: ["王伟", "+8613900000001", "wang@example.com", "建国路88号"],
});
