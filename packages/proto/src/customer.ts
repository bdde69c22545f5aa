export * from "../gen/trunkline/customer/v1/asset_events_pb.js";
export * from "../gen/trunkline/customer/v1/asset_service_pb.js";
export * from "../gen/trunkline/customer/v1/customer_events_pb.js";
export * from "../gen/trunkline/customer/v1/customer_service_pb.js";
