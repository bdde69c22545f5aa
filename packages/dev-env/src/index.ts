export { buildConsole } from "./console/build-console.ts";
export { type EngineOptions, type Engines, startEngines } from "./engines/index.ts";
export { type DemoTenant, PASSWORD, seedDemo } from "./seed/demo-data.ts";
export { type Api, ApiError, api, logIn } from "./system/api.ts";
export { type Desktop, type DesktopFrame, openDesktop } from "./system/desktop.ts";
export { readTopic } from "./system/read-topic.ts";
export { SERVICES, type ServiceName } from "./system/service-names.ts";
export { EXTENSIONS } from "./system/simulators.ts";
export { ADMIN_LOGIN, type System, type SystemOptions, startSystem } from "./system/system.ts";
