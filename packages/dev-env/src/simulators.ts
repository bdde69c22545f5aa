export { type MailSink, startMailSink } from "./mail/mail-sink.ts";
export { type AriSimulator, type AriWitness, type PhoneBehaviour, startAriSimulator } from "./pbx/ari-sim.ts";
export { type AriReply, type AriRequest, type AriServer, type AriSocket, startAriServer } from "./pbx/ari-sim-server.ts";
export { type FreeSwitchSimulator, startFreeSwitchSimulator } from "./pbx/esl-sim.ts";
export { type PbxSimulator, startPbxSimulator } from "./pbx/simulator.ts";
export { type Smsc, startSmsc } from "./smsc/smsc.ts";
