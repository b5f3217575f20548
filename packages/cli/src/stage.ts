/** A deployed stage, as `sst shell` shows it to the commands that it runs. */
import { spawnSync } from "node:child_process";
import { EXIT } from "./terminal.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of `--stage`. */
export function stageOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "--stage" || arg.startsWith("--stage="));
  const found = args[at];
  if (found === undefined) return undefined;
  return found === "--stage" ? args[at + 1] : found.slice("--stage=".length);
}

/** Runs the same command again under `sst shell`, which reads the stage's links; answers its exit code. */
export function inStage(stage: string, script: string, args: readonly string[]): number {
  const command = ["sst", "shell", "--stage", stage, "--", process.execPath, script, ...args];
  const { status, error } = spawnSync("npx", command, { stdio: "inherit" });
  if (error) throw error;
  return status ?? EXIT.failed;
}

/** URL and operator key of the stage; undefined outside `sst shell`. */
export function stageEnvironment(env: Environment): Environment | undefined {
  const url = linkOf(env, "HomingApi")?.url;
  const key = linkOf(env, "HomingOperatorKey")?.value;
  return url === undefined || key === undefined ? undefined : { HOMING_URL: url, HOMING_KEY: key };
}

/** SST hands every link over as JSON in a variable of its own. */
function linkOf(
  env: Environment,
  name: string,
): { readonly url?: string; readonly value?: string } | undefined {
  const text = env[`SST_RESOURCE_${name}`];
  return text === undefined ? undefined : JSON.parse(text);
}
