/** `npx homing`: messages from the command line. */
import { HOMING } from "./lines.ts";
import { run } from "./main.ts";
import { processTerminal } from "./process-terminal.ts";

process.exitCode = await run(HOMING, process.argv.slice(2), processTerminal());
