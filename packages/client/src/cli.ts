#!/usr/bin/env node
/** `npx homing`: messages from the command line. */
import { COMMANDS } from "./cli/commands.ts";
import { run } from "./cli/main.ts";
import { processTerminal } from "./cli/process-terminal.ts";

const line = {
  name: "homing",
  about: "Sends messages through Homing and shows what becomes of them.",
  commands: COMMANDS,
};

process.exitCode = await run(line, process.argv.slice(2), processTerminal());
