export * from "../gen/trunkline/marketing/v1/marketing_events_pb.js";
export * from "../gen/trunkline/marketing/v1/marketing_service_pb.js";
