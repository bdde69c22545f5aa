export * from "../gen/trunkline/workforce/v1/workforce_events_pb.js";
export * from "../gen/trunkline/workforce/v1/workforce_service_pb.js";
export * from "../gen/trunkline/workforce/v1/workforce_types_pb.js";
