export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type CallContext, type Handlers, type Implementation, implement } from "./implement.ts";
export type { ServeRpcOptions } from "./serve-options.ts";
export { type RpcServer, serveRpc } from "./server.ts";
