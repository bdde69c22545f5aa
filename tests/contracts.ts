import type { DescService } from "@bufbuild/protobuf";
import * as analytics from "@trunkline/proto/analytics";
import * as customer from "@trunkline/proto/customer";
import * as marketing from "@trunkline/proto/marketing";
import * as records from "@trunkline/proto/records";
import * as desk from "@trunkline/proto/service-desk";
import * as telephony from "@trunkline/proto/telephony";
import * as workforce from "@trunkline/proto/workforce";

const exported: readonly unknown[] = [analytics, customer, marketing, desk, records, telephony, workforce].flatMap((module) =>
  Object.values(module),
);
const isService = (it: unknown): it is DescService => (it as Partial<DescService> | undefined)?.kind === "service";

/** Every service of every contract. */
export const CONTRACT_SERVICES: readonly DescService[] = exported.filter(isService);
