// npm run backup and npm run restore: the folder of an embedded installation, copied while it runs, put back while it does not.
import { isDomainError } from "@trunkline/errors";
import { backupFolder, restoreFolder } from "@trunkline/store";
import { commandLine, misread } from "./command-line.ts";

const USAGE = `npm run backup -- --to FOLDER      copies the data, also while they are in use
npm run restore -- --from FOLDER   puts a backup in their place: stop Trunkline first
the data are those of DATA_DIR, else of npm start (TRUNKLINE_DATA)`;
const { values } = commandLine(USAGE, { options: { to: { type: "string" }, from: { type: "string" } } });
const data = process.env["DATA_DIR"] || `${process.env["TRUNKLINE_DATA"] ?? ".trunkline"}/data`;

try {
  if (values.to !== undefined && values.from === undefined) {
    const files = await backupFolder(data, values.to);
    console.log(`${values.to}: ${files.join(", ")}`);
  } else if (values.from !== undefined && values.to === undefined) {
    const files = restoreFolder(values.from, data);
    console.log(`${data}: ${files.join(", ")}; start Trunkline again`);
  } else misread(USAGE);
} catch (error) {
  if (!isDomainError(error)) throw error;
  console.error(`trunkline: ${error.message}`);
  process.exitCode = 1;
}
