/** `npx homing`: messages from the command line. */
import { HOMING } from "./cli/lines.ts";
import { run } from "./cli/main.ts";
import { processTerminal } from "./cli/process-terminal.ts";

process.exitCode = await run(HOMING, process.argv.slice(2), processTerminal());
