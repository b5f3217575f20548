import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import manifest from "../../package.json" with { type: "json" };
import { OPERATOR_KEY } from "../lambda/environment.ts";

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROOT = fileOf("../..");
/** What each gives Node, in the folder that npm runs scripts in. */
const ENTRIES = {
  start: argumentsOf(manifest.scripts.start),
  serve: argumentsOf(manifest.scripts.serve),
  floor: [fileOf("../serve/floor-process.ts")],
};
const LONGEST_START_MS = 30_000;

/** What `npm start` or `npm run serve` runs, or what is as bare, in a process of its own, its log thrown away. */
export interface Homing {
  readonly url: string;
  /** From the start of the process to its first answer that it is ready. */
  readonly readyMs: number;
  /** CPU time of all its threads until now, and memory, as Linux counts them. */
  usage(): { readonly cpuMs: number; readonly residentBytes: number };
  /** @throws Error unless the answer's status is the expected one. */
  call(
    method: "GET" | "POST",
    path: string,
    expected: number,
    body?: unknown,
    key?: string,
  ): Promise<unknown>;
  stop(): Promise<void>;
  /** Without letting anything end. */
  kill(): Promise<void>;
}

/** @param env above all HOMING_DATA_DIR: a folder, or `memory`. */
export async function startHoming(
  env: Readonly<Record<string, string>>,
  entry: keyof typeof ENTRIES = "start",
): Promise<Homing> {
  const port = await freePort();
  const startedAt = performance.now();
  const stack = spawn(process.execPath, ENTRIES[entry], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env, PORT: String(port), HOMING_OPERATOR_KEY: OPERATOR_KEY },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const pool = new Pool(url, { connections: 128 });
  const ended = once(stack, "exit");

  const call: Homing["call"] = async (method, path, expected, body, key) => {
    const response = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${OPERATOR_KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    if (response.statusCode !== expected) throw new Error(`${path} answered ${response.statusCode}: ${text}`);
    return JSON.parse(text);
  };

  const deadline = performance.now() + LONGEST_START_MS;
  while (!(await call("GET", "/v1/ready", 200).catch(() => undefined))) {
    if (performance.now() > deadline || stack.exitCode !== null) throw new Error("The stack did not start.");
    await wait(10);
  }
  const end = async (signal: NodeJS.Signals) => {
    await pool.destroy();
    stack.kill(signal);
    await ended;
  };
  const readyMs = performance.now() - startedAt;
  return {
    url,
    readyMs,
    usage: () => usageOf(stack.pid ?? 0),
    call,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

function argumentsOf(script: string): readonly string[] {
  return script.replace(/^exec node /, "").split(" ");
}

/** Of proc(5). */
const CLOCK_TICK_MS = 10;

function usageOf(pid: number): { cpuMs: number; residentBytes: number } {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return {
    cpuMs: ((user ?? 0) + (system ?? 0)) * CLOCK_TICK_MS,
    residentBytes: Number(resident) * 1_024,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
