export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type CallContext, type Handlers, type Implementation, implement } from "./implement.ts";
export { type RpcServer, type ServeRpcOptions, serveRpc } from "./server.ts";
