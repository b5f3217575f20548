import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The stack in a process of its own, to be killed. */
export interface StackProcess {
  readonly url: string;
  /** SIGKILL: nothing is given the time to end well. Resolves once the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM: ends as on Ctrl-C. Answers the exit code. */
  stop(): Promise<number | null>;
}

export interface StackOptions {
  readonly dataDir: string;
  readonly operatorKey: string;
  /** `faulty`: the local stack with faults between the SDK and the embedded servers; `start`, `serve`: what npm runs. */
  readonly entry: keyof typeof ENTRIES;
}

const ENTRIES = {
  faulty: "faulty-stack.ts",
  start: "../../../local/src/start.ts",
  serve: "../../../server/src/serve.ts",
};

/**
 * Short times, so that what a kill leaves behind is repaired within seconds. The queue deadline outlasts a
 * restart: a call that was killed between its two first writes is completed when its producer repeats it.
 */
const TIMES = {
  HOMING_DELIVERY_TIMEOUT: "2s",
  HOMING_LEASE: "5s",
  HOMING_QUEUE_DEADLINE: "20s",
  HOMING_RECONCILE_INTERVAL: "1s",
  HOMING_SEND_BUDGET: "3s",
  HOMING_ALLOW_PRIVATE_TARGETS: "127.0.0.0/8",
  HOMING_RETRY_SCHEDULE: "300ms,600ms,1s,2s,3s,4s,5s,6s,8s,10s",
};

/** What a start under load may take at most. */
const LONGEST_START_MS = 60_000;

/**
 * Starts the stack on a random port of loopback; resolves once its API listens.
 *
 * @throws Error if it ends before that, or takes longer than a minute.
 */
export async function startStackProcess({
  dataDir,
  operatorKey,
  entry,
}: StackOptions): Promise<StackProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, ENTRIES[entry])], {
    env: {
      ...process.env,
      ...TIMES,
      PORT: "0",
      HOMING_DATA_DIR: dataDir,
      HOMING_OPERATOR_KEY: operatorKey,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Its log tells of every injected fault: only the end of it is kept, in case it does not start.
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-2_000);
  });
  const leaveNothingBehind = () => child.kill("SIGKILL");
  process.once("exit", leaveNothingBehind);
  const ended = once(child, "exit").then(() => process.off("exit", leaveNothingBehind));

  const url = await urlOf(child);
  if (url === undefined) {
    await ended;
    throw new Error(`The stack ended before it was running. Its last words: ${lastWords}`);
  }
  return {
    url,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}

/** Where the API listens; undefined if the process ends or does not get there in time. */
async function urlOf(child: ChildProcess): Promise<string | undefined> {
  const tooLong = setTimeout(() => child.kill("SIGKILL"), LONGEST_START_MS);
  try {
    if (!child.stdout) return undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /API\s+(\S+)\/v1$/.exec(line)?.[1];
      if (url === undefined) continue;
      child.stdout.resume();
      return url;
    }
    return undefined;
  } finally {
    clearTimeout(tooLong);
  }
}
