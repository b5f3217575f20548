import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVE = join(import.meta.dirname, "../../../server/src/serve.ts");

export const KEY = "an operator key for the tests";

export interface ServeProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly metricsUrl?: string;
  /** The operator key that it shows, or the variable that says it. */
  readonly shownKey: string;
  /** Its exit code, once it has ended; null if it was killed. */
  readonly ended: Promise<number | null>;
  /** What it has said of errors. */
  lastWords(): string;
  kill(signal: NodeJS.Signals): Promise<{ readonly code: number | null }>;
}

function spawnServe(env: Readonly<Record<string, string>>, behind: readonly string[] = []): ChildProcess {
  const [program = "", ...args] = [...behind, process.execPath, SERVE];
  return spawn(program, args, {
    env: {
      PATH: process.env.PATH,
      POWERTOOLS_LOG_LEVEL: "SILENT",
      PORT: "0",
      HOMING_OPERATOR_KEY: KEY,
      HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/**
 * What `npm run serve` runs, in a process of its own, `behind` what puts it where it is to run.
 *
 * @throws Error with its last words if it ends before it runs.
 */
export async function startServe(
  env: Readonly<Record<string, string>>,
  behind?: readonly string[],
): Promise<ServeProcess> {
  const child = spawnServe(env, behind);
  let words = "";
  child.stderr?.on("data", (chunk) => (words += chunk));
  const ended = once(child, "close").then(() => child.exitCode);
  let metricsUrl: string | undefined;
  let url: string | undefined;
  let shownKey: string | undefined;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    url ??= /API\s+(\S+)\/v1$/.exec(line)?.[1];
    metricsUrl ??= /Metrics\s+(\S+)$/.exec(line)?.[1];
    shownKey = /^ {2}Key +(\S+)$/.exec(line)?.[1];
    if (shownKey !== undefined) break;
  }
  if (url === undefined || shownKey === undefined) {
    await ended;
    throw new Error(words);
  }
  child.stdout?.resume();
  return {
    child,
    url,
    shownKey,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
    ended,
    lastWords: () => words,
    kill: async (signal) => {
      child.kill(signal);
      return { code: await ended };
    },
  };
}

/** For a start that is to fail: what it says, and its exit code. */
export async function failToServe(env: Readonly<Record<string, string>>): Promise<[unknown, string, string]> {
  const child = spawnServe(env);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (err += chunk));
  const [code] = await once(child, "exit");
  return [code, out, err];
}
