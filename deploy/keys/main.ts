// docker run --rm IMAGE keys [k8s]: fresh keys and secrets of a whole system, on standard output and nowhere else.
import { asEnvFile, asSecrets, makeKeys } from "./keys.ts";

const keys = await makeKeys();
process.stdout.write(process.argv[2] === "k8s" ? asSecrets(keys) : asEnvFile(keys));
