export { type BoardCopy, boardCopy } from "./board-copy.ts";
export type { CloseReason, Disposition } from "./close-reason.ts";
export { type DesktopClient, type DesktopClientOptions, type DesktopStatus, openDesktopClient } from "./desktop-client.ts";
export type {
  AgentState,
  Board,
  BoardAgent,
  BoardChange,
  BoardQueue,
  CallAction,
  CallerCard,
  CallerView,
  CallFrame,
  Frame,
  PopFrame,
  RecordingFrame,
  SessionFrame,
} from "./protocol.ts";
