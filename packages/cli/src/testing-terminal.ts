import { setTimeout as pause } from "node:timers/promises";
import type { CommandLine } from "./main.ts";
import { run } from "./main.ts";
import type { Terminal } from "./terminal.ts";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process; answers all that it wrote. */
export async function runInProcess(
  line: CommandLine,
  args: readonly string[],
  env: Terminal["env"],
  stdin: string | Uint8Array = "",
  /** What somebody types who is asked; undefined if nobody sits there. */
  typed?: string,
): Promise<Ended> {
  const lines = { out: "", err: "" };
  const terminal: Terminal = {
    env,
    out: (text) => {
      lines.out += `${text}\n`;
    },
    err: (text) => {
      lines.err += `${text}\n`;
    },
    stdin: async () => Buffer.from(stdin),
    signal: new AbortController().signal,
    wait: (ms) => pause(Math.min(ms, 50)),
    now: () => Date.now(),
    ask:
      typed === undefined
        ? undefined
        : async (question) => {
            lines.err += question;
            return typed;
          },
    browse: undefined,
    isInteractive: false,
  };
  const code = await run(line, args, terminal);
  return { code, ...lines };
}
