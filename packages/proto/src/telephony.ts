export * from "../gen/trunkline/telephony/v1/agent_session_events_pb.js";
export * from "../gen/trunkline/telephony/v1/agent_session_service_pb.js";
export * from "../gen/trunkline/telephony/v1/call_control_service_pb.js";
export * from "../gen/trunkline/telephony/v1/call_events_pb.js";
export * from "../gen/trunkline/telephony/v1/call_queue_service_pb.js";
export * from "../gen/trunkline/telephony/v1/line_service_pb.js";
export * from "../gen/trunkline/telephony/v1/recording_service_pb.js";
export * from "../gen/trunkline/telephony/v1/telephony_service_pb.js";
