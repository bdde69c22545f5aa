export { authorize } from "./admission.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type CallContext, type Handlers, type Implementation, implement } from "./implement.ts";
export type { AuditEntry, ServeRpcOptions } from "./serve-options.ts";
export { type RpcServer, serveRpc } from "./server.ts";
export { faultOf } from "./text-rules.ts";
export { readTls, type Tls } from "./tls.ts";
