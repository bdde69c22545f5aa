export * from "../gen/trunkline/service_desk/v1/follow_up_service_pb.js";
export * from "../gen/trunkline/service_desk/v1/request_service_pb.js";
export * from "../gen/trunkline/service_desk/v1/service_desk_events_pb.js";
export * from "../gen/trunkline/service_desk/v1/work_order_service_pb.js";
