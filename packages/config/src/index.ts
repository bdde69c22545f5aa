export { describeConfig, loadConfig, secret } from "./config.ts";
