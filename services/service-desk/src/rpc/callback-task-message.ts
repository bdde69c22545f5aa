import { contactDetailsFor, type Principal } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { CallbackTaskSchema } from "@trunkline/proto/service-desk";
import type { CallbackTask } from "../domain/callback-task.ts";

export const toMessage = (task: CallbackTask, reader: Principal) =>
  messageOf(CallbackTaskSchema, { ...task, number: contactDetailsFor(reader).number(task.number) });
