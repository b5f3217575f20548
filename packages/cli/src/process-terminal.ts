import { spawn } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Terminal } from "./terminal.ts";

/** The terminal of this process. Ctrl-C ends the command, and nothing is left half written. */
export function processTerminal(): Terminal {
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  process.once("SIGTERM", () => ended.abort());
  // The reader of a pipe may leave early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  return {
    env: process.env,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    stdin: () => buffer(process.stdin),
    signal: ended.signal,
    wait: async (ms, signal) => {
      await pause(ms, undefined, { signal }).catch(() => undefined);
    },
    now: () => Date.now(),
    ask: process.stdin.isTTY && process.stderr.isTTY ? (question) => ask(question, ended.signal) : undefined,
    browse: process.stdout.isTTY ? browse : undefined,
    isInteractive: process.stdout.isTTY === true,
  };
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // At a prompt, readline takes Ctrl-C for itself.
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
}

/** What shows a page in the browser, by platform. */
const BROWSERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

function browse(url: string): Promise<boolean> {
  const [command, ...args] = BROWSERS[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
