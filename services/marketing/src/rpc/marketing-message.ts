import { messageOf } from "@trunkline/proto";
import { BatchSchema, ContactPermissionSchema } from "@trunkline/proto/marketing";
import type { Batch } from "../domain/batch.ts";
import type { ContactPermission } from "../domain/contact-permission.ts";
import type { Counts } from "../stores/ledger-counts.ts";

export const toPermissionMessage = ({ id, consents, contacts }: ContactPermission) =>
  messageOf(ContactPermissionSchema, { customerId: id, consents, recent: contacts });

export const toBatchMessage = (batch: Batch, { byState, total, inDoubt }: Counts) =>
  messageOf(BatchSchema, { ...batch, counts: byState, total, inDoubt });
