#!/usr/bin/env node
/** `npm run keys`: keys and signing secrets, of the local stack or of a deployed stage. */
import { KEY_COMMANDS } from "./cli/key-commands.ts";
import { run } from "./cli/main.ts";
import { processTerminal } from "./cli/process-terminal.ts";
import { inStage, stageEnvironment, stageOf } from "./cli/stage.ts";

const line = {
  name: "npm run keys --",
  about: "Manages API keys and signing secrets.",
  commands: KEY_COMMANDS,
};
const args = process.argv.slice(2);
const stage = stageOf(args);

if (stage !== undefined && stageEnvironment(process.env) === undefined) {
  process.exitCode = inStage(stage, import.meta.filename, args);
} else {
  const terminal = processTerminal();
  process.exitCode = await run(line, args, {
    ...terminal,
    env: { ...terminal.env, ...stageEnvironment(process.env) },
  });
}
