// A process that writes until it is killed, and says after each write that it is kept.
import { writeSync } from "node:fs";
import { openDatabase } from "./database.ts";
import { sqliteTable } from "./table.ts";

const [file = "", synchronous = "normal"] = process.argv.slice(2);
const notes = sqliteTable(openDatabase(file, synchronous as "normal" | "full"), { name: "notes", indexes: [{ tenant: 1, n: 1 }] });
for (let n = 1; ; n++) {
  notes.put(undefined, { _id: `t1/${n}`, tenant: "t1", n });
  writeSync(1, `${n}\n`);
}
