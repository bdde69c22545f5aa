export * from "../gen/trunkline/records/v1/record_events_pb.js";
export * from "../gen/trunkline/records/v1/record_service_pb.js";
