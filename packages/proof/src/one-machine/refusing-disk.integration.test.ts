/** A disk that takes nothing for a while: everybody is told, nothing that was accepted is lost, and it passes by itself. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ApiCaller, callApi } from "@homing/local/testing/api-caller";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KEY, type ServeProcess, startServe } from "./serve-process.ts";

const run = promisify(execFile);
const POLL = { timeout: 60_000, interval: 50 };

let folder: string;
let receiver: Receiver;
/** What is not answered yet. */
let slow: ServerResponse[];
let serve: ServeProcess | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "homing-disk-"));
  slow = [];
  receiver = await startReceiver((response, { path }) => {
    if (path === "/slow") slow.push(response);
    else response.end("ok");
  });
});
afterEach(async () => {
  await serve?.kill("SIGKILL");
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Trouble {
  begin(): unknown;
  end(): unknown;
}

async function goThrough(api: ApiCaller, url: string, trouble: Trouble): Promise<void> {
  const accepted: string[] = [];
  const send = async () => {
    const { status, body } = await api.send({ targetUrl: receiver.url, body: "x".repeat(10_000) });
    if (status === 202) accepted.push(String(body.messageId));
    return [status, body.code];
  };
  const ready = async () => (await fetch(`${url}/v1/ready`)).status;
  for (let n = 0; n < 5; n += 1) expect(await send()).toEqual([202, undefined]);
  // One that is answered meanwhile, and one that its producer repeats.
  const underWay = await api.send({ targetUrl: `${receiver.url}/slow` });
  await expect.poll(() => slow.length, POLL).toBe(1);
  const once = () => api.send({ targetUrl: `${receiver.url}/once` }, { "idempotency-key": "once" });

  await trouble.begin();
  await expect.poll(send, POLL).toEqual([503, "SYSTEM_ERROR"]);
  expect(await ready()).toBe(503);
  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  expect((await once()).body).toMatchObject({ code: "SYSTEM_ERROR", retryable: true });
  for (const answer of slow.splice(0)) answer.end("ok");

  await trouble.end();
  await expect.poll(ready, POLL).toBe(200);
  expect(await send()).toEqual([202, undefined]);
  const [first, second] = [await once(), await once()];
  expect([first.status, second.status, second.body.messageId]).toEqual([202, 200, first.body.messageId]);
  await api.until(first.body.messageId, ({ status }) => status === "COMPLETED");
  expect(receiver.received.filter(({ path }) => path === "/once")).toHaveLength(1);
  // Its outcome was kept until there was room for it.
  const { attempts } = await api.until(underWay.body.messageId, ({ status }) => status === "COMPLETED");
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["SUCCEEDED"]);
  for (const messageId of accepted) await api.until(messageId, ({ status }) => status === "COMPLETED");
  const delivered = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect(accepted.filter((messageId) => !delivered.has(messageId))).toEqual([]);
}

it("one that answers every write with an error", async () => {
  serve = await startServe({
    HOMING_DATA_DIR: join(folder, "data"),
    // A write beyond the limit is then an error, as of a broken disk, and not the end of the process.
    NODE_OPTIONS: "--import data:text/javascript,process.on('SIGXFSZ',()=>{})",
  });
  const { pid } = serve.child;
  const limit = (bytes: string) => run("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
  await goThrough(callApi(serve.url, KEY), serve.url, {
    begin: () => limit("1"),
    end: () => limit("unlimited"),
  });
  expect(await serve.kill("SIGTERM")).toEqual({ code: 0 });
});

// Only root can make a disk so small.
it.runIf(process.getuid?.() === 0)("one that is full", async () => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  await run("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]);
  try {
    serve = await startServe({ HOMING_DATA_DIR: join(disk, "data") });
    await goThrough(callApi(serve.url, KEY), serve.url, {
      begin: () => {
        // Until not a byte more fits.
        for (let bytes = 1_048_576; bytes >= 512; bytes /= 2)
          for (let n = 0; writeFileAside(join(disk, `filler-${bytes}-${n}`), bytes); n += 1);
      },
      end: () => run("sh", ["-c", `rm ${disk}/filler-*`]),
    });
    expect(await serve.kill("SIGTERM")).toEqual({ code: 0 });
  } finally {
    await serve?.kill("SIGKILL");
    await run("umount", [disk]);
  }
});

function writeFileAside(path: string, bytes: number): boolean {
  try {
    writeFileSync(path, Buffer.alloc(bytes));
    return true;
  } catch {
    return false;
  }
}
