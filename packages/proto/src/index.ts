export * from "../gen/google/rpc/error_info_pb.js";
export * from "../gen/trunkline/options/v1/options_pb.js";
export { caseOf, messageOf } from "./message-of.ts";
