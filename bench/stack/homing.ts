import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { OPERATOR_KEY } from "../lambda/environment.ts";

const START = fileURLToPath(new URL("../../packages/local/src/start.ts", import.meta.url));
const LONGEST_START_MS = 30_000;

/** What `npm start` runs, in a process of its own, its log thrown away. */
export interface Homing {
  readonly url: string;
  /** @throws Error unless the answer's status is the expected one. */
  call(
    method: "GET" | "POST",
    path: string,
    expected: number,
    body?: unknown,
    key?: string,
  ): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param env above all HOMING_DATA_DIR: a folder, or `memory`. */
export async function startHoming(env: Readonly<Record<string, string>>): Promise<Homing> {
  const port = await freePort();
  const stack = spawn(process.execPath, [START], {
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
    await wait(50);
  }
  return {
    url,
    call,
    stop: async () => {
      await pool.destroy();
      stack.kill();
      await ended;
    },
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
