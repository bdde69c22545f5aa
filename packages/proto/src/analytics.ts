export * from "../gen/trunkline/analytics/v1/figure_service_pb.js";
