/** `npm start` and `npm run serve` as a person or a supervisor runs them: through npm and its shell. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";

const KEY = "an operator key for the tests";
const ROOT = join(import.meta.dirname, "../../..");
let npm: ChildProcess | undefined;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-npm-"));
});
afterEach(() => {
  // A group of its own: whatever npm left behind is in it.
  try {
    if (npm?.pid !== undefined) process.kill(-npm.pid, "SIGKILL");
  } catch {
    // It is gone, as it should be.
  }
  rmSync(folder, { recursive: true });
});

async function start(...args: string[]): Promise<{ pid: number; port: number; exit: Promise<unknown[]> }> {
  const child = spawn("npm", args, {
    cwd: ROOT,
    detached: true,
    env: {
      ...process.env,
      PORT: "0",
      HOMING_DATA_DIR: folder,
      HOMING_OPERATOR_KEY: KEY,
      HOMING_SEND_BUDGET: "500ms",
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  npm = child;
  const exit = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /API\s+http:\/\/127\.0\.0\.1:(\d+)\/v1$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return { pid: child.pid ?? 0, port: Number(port), exit };
  }
  throw new Error("it ended before it was running");
}

const groupIsGone = (pid: number) => {
  try {
    process.kill(-pid, 0);
    return false;
  } catch {
    return true;
  }
};

it.each([
  ["npm start", ["start"]],
  ["npm run serve", ["run", "serve"]],
])(
  "%s stops with exit code 0 and leaves no process when npm alone is told to, whatever a client never finishes",
  async (_name, args) => {
    const { pid, port, exit } = await start(...args);
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${KEY}\r\nContent-Length: 100\r\n\r\n{`,
    );
    process.kill(pid, "SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(groupIsGone(pid)).toBe(true);
    socket.destroy();
  },
);

it("stops with exit code 0 when the terminal tells everybody, and npm passes it on", async () => {
  const { pid, exit } = await start("start");
  process.kill(-pid, "SIGINT");
  expect(await exit).toEqual([0, null]);
  expect(groupIsGone(pid)).toBe(true);
});
