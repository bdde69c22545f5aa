export { type MailSink, startMailSink } from "./mail/mail-sink.ts";
export { type PbxSimulator, startPbxSimulator } from "./pbx/simulator.ts";
export { type Smsc, startSmsc } from "./smsc/smsc.ts";
