/** The local stack, killed in mid-traffic. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { callApi } from "@homing/local/testing/api-caller";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, beforeAll, expect, it } from "vitest";

const KEY = "an operator key for the tests";
const MESSAGES = 120;

let dataDir: string;
let receiver: Receiver;
const children: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "homing-kill-"));
  receiver = await startReceiver();
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the stack as `npm start` does, and answers where it listens. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../local/src/start.ts")], {
    env: {
      ...process.env,
      POWERTOOLS_LOG_LEVEL: "WARN",
      PORT: "0",
      HOMING_DATA_DIR: dataDir,
      HOMING_OPERATOR_KEY: KEY,
      HOMING_DELIVERY_TIMEOUT: "1s",
      HOMING_LEASE: "3s",
      HOMING_QUEUE_DEADLINE: "2s",
      HOMING_RECONCILE_INTERVAL: "500ms",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /API\s+(\S+)\/v1$/.exec(line)?.[1];
    if (url) {
      child.stdout.resume();
      return { child, url };
    }
  }
  throw new Error("the stack ended before it was running");
}

it("kill -9 in mid-traffic, restart: every accepted message comes home", async () => {
  const first = await start();
  const accepted: string[] = [];
  const api = callApi(first.url, KEY);
  const traffic = Array.from({ length: MESSAGES }, async (_, n) => {
    const answer = await api
      .send({ targetUrl: receiver.url, body: n }, { "idempotency-key": `kill-${n}` })
      .catch(() => undefined);
    if (answer?.status === 202) accepted.push(String(answer.body.messageId));
    // Half of them accepted: the rest are on their way, and so are deliveries.
    if (accepted.length === MESSAGES / 2) first.child.kill("SIGKILL");
  });
  await Promise.all(traffic);
  if (first.child.exitCode === null && first.child.signalCode === null) await once(first.child, "exit");
  expect(accepted.length).toBeGreaterThanOrEqual(MESSAGES / 2);

  const second = await start();
  const after = callApi(second.url, KEY);
  for (const messageId of accepted) {
    const message = await after.until(messageId, ({ status }) => status === "COMPLETED");
    expect(message.attempts.at(-1)?.outcome).toBe("SUCCEEDED");
  }
  const delivered = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect(accepted.filter((messageId) => !delivered.has(messageId))).toEqual([]);

  second.child.kill("SIGTERM");
  const [exitCode] = await once(second.child, "exit");
  expect(exitCode).toBe(0);
});
