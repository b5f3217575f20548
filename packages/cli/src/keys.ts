/** `npm run keys`: keys and signing secrets, of the local stack or of a deployed stage. */
import { KEYS } from "./lines.ts";
import { run } from "./main.ts";
import { processTerminal } from "./process-terminal.ts";
import { inStage, stageEnvironment, stageOf } from "./stage.ts";

const args = process.argv.slice(2);
const stage = stageOf(args);
const linked = stageEnvironment(process.env);

if (stage !== undefined && linked === undefined) {
  process.exitCode = inStage(stage, import.meta.filename, args);
} else {
  const terminal = processTerminal();
  process.exitCode = await run(KEYS, args, { ...terminal, env: { ...terminal.env, ...linked } });
}
