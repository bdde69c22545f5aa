export * from "../gen/trunkline/telephony/v1/call_events_pb.js";
export * from "../gen/trunkline/telephony/v1/telephony_service_pb.js";
