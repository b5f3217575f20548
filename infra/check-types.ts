/** Types of sst.config.ts and infra/ against the real platform, which is installed if need be. */
import { checkTypes } from "./testing/type-check.ts";

const complaints = await checkTypes();
if (complaints !== "") {
  process.stderr.write(`${complaints}\n`);
  process.exitCode = 1;
}
