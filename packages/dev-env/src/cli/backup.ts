// npm run backup and npm run restore: the folder of an embedded installation, copied while it runs, put back while it does not.
import { backupFolder, restoreFolder } from "@trunkline/store";
import { commandLine, DATA_FOLDER, misread, told } from "./command-line.ts";

const USAGE = `npm run backup -- --to FOLDER      copies the data, also while they are in use
npm run restore -- --from FOLDER   puts a backup in their place: stop Trunkline first
the data are those of DATA_DIR, else of npm start (TRUNKLINE_DATA)`;
const { values } = commandLine(USAGE, { options: { to: { type: "string" }, from: { type: "string" } } });

try {
  if (values.to !== undefined && values.from === undefined) {
    const files = await backupFolder(DATA_FOLDER, values.to);
    console.log(`${values.to}: ${files.join(", ")}`);
  } else if (values.from !== undefined && values.to === undefined) {
    const files = restoreFolder(values.from, DATA_FOLDER);
    console.log(`${DATA_FOLDER}: ${files.join(", ")}; start Trunkline again`);
  } else misread(USAGE);
} catch (error) {
  console.error(`trunkline: ${told(error)}`);
  process.exitCode = 1;
}
