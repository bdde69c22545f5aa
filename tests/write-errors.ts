import { writeFileSync } from "node:fs";
import { ERRORS_PAGE, errorsPage } from "./error-codes.ts";

writeFileSync(ERRORS_PAGE, errorsPage());
