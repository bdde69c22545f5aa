// Makes the pages of docs/reference that are made of code; tests hold them to it.
import { writeFileSync } from "node:fs";
import { DESKTOP_PROTOCOL, desktopProtocol } from "./desktop-protocol.ts";
import { ERRORS_PAGE, errorsPage } from "./error-codes.ts";
import { RIGHTS_PAGE, rightsPage } from "./rights.ts";
import { WEBHOOK_PROTOCOL, webhookProtocol } from "./webhook-protocol.ts";

writeFileSync(ERRORS_PAGE, errorsPage());
writeFileSync(DESKTOP_PROTOCOL, desktopProtocol());
writeFileSync(RIGHTS_PAGE, rightsPage());
writeFileSync(WEBHOOK_PROTOCOL, webhookProtocol());
