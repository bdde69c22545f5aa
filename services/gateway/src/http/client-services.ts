import type { DescService } from "@bufbuild/protobuf";
import { FigureService } from "@trunkline/proto/analytics";
import { AssetService, CustomerService, SegmentService } from "@trunkline/proto/customer";
import { BatchService, ContactPolicyService, MessageService, TemplateService } from "@trunkline/proto/marketing";
import { RecordService } from "@trunkline/proto/records";
import { CallbackTaskService, RequestQueueService, RequestService, SurveyService, WorkOrderService } from "@trunkline/proto/service-desk";
import { AgentSessionService, CallControlService, CallQueueService, CallService, RecordingService } from "@trunkline/proto/telephony";
import { CalendarService, EmployeeService, SessionService } from "@trunkline/proto/workforce";
import type { GatewayConfig } from "../config.ts";

/** What may be called from outside, and where it is served. A service that is not here cannot be reached. */
export function clientServices(config: GatewayConfig): readonly { service: DescService; address: string }[] {
  const at = (address: string, ...services: DescService[]) => services.map((service) => ({ service, address }));
  return [
    ...at(config.customerAddress, CustomerService, AssetService, SegmentService, RecordService),
    ...at(config.workforceAddress, SessionService, EmployeeService, CalendarService),
    ...at(config.telephonyAddress, CallService, CallControlService, AgentSessionService, CallQueueService, RecordingService),
    ...at(config.serviceDeskAddress, RequestService, RequestQueueService, WorkOrderService, SurveyService, CallbackTaskService),
    ...at(config.marketingAddress, ContactPolicyService, MessageService, BatchService, TemplateService),
    ...at(config.analyticsAddress, FigureService),
  ];
}
