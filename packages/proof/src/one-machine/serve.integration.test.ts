/** `npm run serve` as a person or a supervisor meets it. */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { DEFAULT_SETTINGS } from "@homing/core/settings";
import { type ApiCaller, callApi } from "@homing/local/testing/api-caller";
import { type Receiver, startReceiver } from "@homing/local/testing/receiver";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { failToServe, KEY, type ServeProcess, startServe } from "./serve-process.ts";

let folder: string;
let receiver: Receiver;
let running: ServeProcess[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "homing-serve-"));
  receiver = await startReceiver();
  running = [];
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const dataDir = () => join(folder, "data");

async function start(env: Record<string, string> = {}): Promise<{ serve: ServeProcess; api: ApiCaller }> {
  const serve = await startServe({ HOMING_DATA_DIR: dataDir(), ...env });
  running.push(serve);
  return { serve, api: callApi(serve.url, KEY) };
}

/** The status and the body of a GET with this Host. */
function ask(url: string, host: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host }, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve([response.statusCode, body]));
    }).on("error", reject);
  });
}

async function list(
  { url }: ServeProcess,
  query: string,
): Promise<[number, { items?: unknown[]; nextCursor?: string }]> {
  const response = await fetch(`${url}/v1/messages${query}`, { headers: { authorization: `Bearer ${KEY}` } });
  return [response.status, (await response.json()) as { items?: unknown[]; nextCursor?: string }];
}

describe("a server", () => {
  let serve: ServeProcess;
  let api: ApiCaller;
  let data: string;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "homing-serve-"));
    serve = await startServe({
      HOMING_DATA_DIR: join(data, "data"),
      HOMING_METRICS_PORT: "0",
      HOMING_PUBLIC_URL: "https://homing.example.com",
      HOMING_RETRY_SCHEDULE: "250ms",
      HOMING_RECONCILE_INTERVAL: "1h",
    });
    api = callApi(serve.url, KEY);
  });
  afterAll(() => {
    serve?.child.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  });

  it("delivers, shows what it did, and keeps its folder to its user", async () => {
    const { status, body } = await api.send({ targetUrl: `${receiver.url}/hook`, body: { order: 42 } });
    expect(status).toBe(202);
    const message = await api.until(body.messageId, (now) => now.status === "COMPLETED");
    expect(message.history.map(({ reason }) => reason)).toEqual([
      "ACCEPTED",
      "ENQUEUED",
      "CLAIMED",
      "DELIVERED",
    ]);
    expect(receiver.received).toMatchObject([
      { path: "/hook", body: '{"order":42}', headers: { "webhook-id": message.messageId } },
    ]);
    const host = new URL(serve.url).host;
    expect((await ask(`${serve.url}/`, host))[1]).toContain("<!doctype html>");
    const metricsUrl = serve.metricsUrl ?? "";
    const [, metrics] = await ask(metricsUrl, new URL(metricsUrl).host);
    // The first that was sent to it.
    expect(metrics).toContain("homing_messages_accepted_total 1\n");
    expect(metrics).toContain('homing_deliveries_total{outcome="SUCCEEDED"} 1\n');
    const folder = join(data, "data");
    for (const name of [".", ...readdirSync(folder)])
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
  });

  it("answers its own hosts alone: loopback's, and the one it says it is called by", async () => {
    const { host, port } = new URL(serve.url);
    const health = `${serve.url}/v1/health`;
    for (const own of [host, `localhost:${port}`, "homing.example.com", "Homing.Example.com"])
      expect((await ask(health, own))[0]).toBe(200);
    for (const foreign of ["rebound.example", "homing.example.com.evil.example", `127.0.0.1:1${port}`])
      expect((await ask(health, foreign))[0]).toBe(403);
  });

  it("makes a retry when it is due", async () => {
    const statuses = [503, 200];
    const unsteady = await startReceiver((response) => response.writeHead(statuses.shift() ?? 500).end());
    const { body } = await api.send({ targetUrl: unsteady.url });
    const message = await api.until(body.messageId, (now) => now.status === "COMPLETED");
    await unsteady.close();
    expect(message.attempts).toHaveLength(2);
    const [first, second] = message.attempts;
    const dueAt = Date.parse(first?.decision?.nextAttemptAt ?? "");
    expect(Date.parse(second?.startedAt ?? "")).toBeGreaterThanOrEqual(dueAt);
  });

  it("has its folder to itself: a second one says so in one line", async () => {
    const folder = join(data, "data");
    expect(await failToServe({ HOMING_DATA_DIR: folder })).toEqual([
      1,
      "",
      `HOMING_DATA_DIR: another Homing is running on the folder ${folder}; stop it, or choose another folder.\n`,
    ]);
    expect((await fetch(`${serve.url}/v1/ready`)).status).toBe(200);
  });

  it("ends cleanly when it is told to", async () => {
    expect(await serve.kill("SIGTERM")).toEqual({ code: 0 });
  });
});

it("a server delivers to nothing private unless it is told to, loopback included", async () => {
  const { api } = await start({ HOMING_ALLOW_PRIVATE_TARGETS: "" });
  const { status, body } = await api.send({ targetUrl: receiver.url });
  expect([status, body.code]).toEqual([400, "VALIDATION_ERROR"]);
  expect(receiver.received).toEqual([]);
});

it("a server that is told to end lets what is under way end before it does; the operator key that it made is kept", async () => {
  await receiver.close();
  const arrived = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  receiver = await startReceiver((response) => {
    arrived.resolve();
    void mayAnswer.promise.then(() => response.end("ok"));
  });
  const ownKey = { HOMING_OPERATOR_KEY: "" };
  const { serve } = await start(ownKey);
  const { body } = await callApi(serve.url, serve.shownKey).send({ targetUrl: receiver.url });
  await arrived.promise;
  const ended = serve.kill("SIGTERM");
  // It takes no more calls before the delivery has ended.
  await expect.poll(() => fetch(`${serve.url}/v1/health`).catch(() => "refused")).toBe("refused");
  mayAnswer.resolve();
  expect(await ended).toEqual({ code: 0 });
  const again = await start(ownKey);
  expect(again.serve.shownKey).toBe(serve.shownKey);
  const message = await callApi(again.serve.url, serve.shownKey).get(body.messageId);
  expect(message.status).toBe("COMPLETED");
  expect(receiver.received).toHaveLength(1);
});

it("damage ends a server in one line when it meets it, and the next one before it begins", async () => {
  const { serve, api } = await start();
  const { body } = await api.send({ targetUrl: receiver.url });
  await api.until(body.messageId, (now) => now.status === "COMPLETED");
  const file = join(dataDir(), "homing.db");
  // What it has read it knows still, until somebody else writes.
  const other = new DatabaseSync(file);
  other.exec("INSERT INTO secrets VALUES ('other', ''); PRAGMA wal_checkpoint(TRUNCATE)");
  other.close();
  const whole = readFileSync(file);
  writeFileSync(file, whole.fill(0x5a, 4_096));
  await list(serve, "").catch(() => undefined);
  expect(await serve.ended).toBe(1);
  expect(serve.lastWords()).toMatch(
    /^HOMING_DATA_DIR: the database is damaged \([^\n]+\); put a backup in its place\.\n$/,
  );

  const [nextCode, out, err] = await failToServe({ HOMING_DATA_DIR: dataDir() });
  expect([nextCode, out]).toEqual([1, ""]);
  expect(err).toMatch(
    /^HOMING_DATA_DIR: \S+homing\.db is damaged \([^\n]+\); put a backup in its place[^\n]*\n$/,
  );
});

describe("a start that cannot be", () => {
  it("on a port in use says so in one line", async () => {
    const { port } = new URL(receiver.url);
    const [code, , err] = await failToServe({ HOMING_DATA_DIR: dataDir(), PORT: port });
    expect([code, err]).toEqual([1, `PORT: port ${port} is in use; stop what uses it, or choose another.\n`]);
  });

  it("where others can connect needs to know how it is called", async () => {
    const [code, , err] = await failToServe({ HOMING_DATA_DIR: dataDir(), HOMING_LISTEN: "0.0.0.0" });
    expect(code).toBe(1);
    expect(err).toMatch(/^HOMING_PUBLIC_URL: [^\n]+\n$/);
  });
});

describe("a backup", () => {
  const backup = (file: string) =>
    promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, "../../../server/src/backup.ts"), file],
      { env: { PATH: process.env.PATH, HOMING_DATA_DIR: dataDir() } },
    );

  it("that was made while Homing ran restores everything, its secrets too", async () => {
    const { serve, api } = await start();
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => api.send({ targetUrl: receiver.url, body: n })),
    );
    // Signed with a secret of this server.
    const [, page] = await list(serve, "?limit=1");
    const file = join(folder, "copy.db");
    const traffic = Promise.all(Array.from({ length: 50 }, () => api.send({ targetUrl: receiver.url })));
    const { stdout } = await backup(file);
    expect(stdout).toMatch(/copy\.db: \d+ pages, verified\.\n$/);
    expect(readdirSync(folder).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"]);
    await traffic;
    await serve.kill("SIGKILL");

    rmSync(dataDir(), { recursive: true });
    await promisify(execFile)("mkdir", ["-m", "700", dataDir()]);
    await promisify(execFile)("cp", [file, join(dataDir(), "homing.db")]);
    const restored = await start();
    for (const { body } of sent)
      await restored.api.until(body.messageId, ({ status }) => status === "COMPLETED");
    expect((await list(restored.serve, `?limit=1&cursor=${page.nextCursor}`))[0]).toBe(200);
  });

  it("beside which the log of the file before was left is not begun with", async () => {
    const { serve, api } = await start();
    const file = join(folder, "copy.db");
    await backup(file);
    await api.send({ targetUrl: receiver.url });
    await serve.kill("SIGKILL");
    copyFileSync(file, join(dataDir(), "homing.db"));
    const [code, out, err] = await failToServe({ HOMING_DATA_DIR: dataDir() });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^HOMING_DATA_DIR: \S+homing\.db is a backup, and the log of another file lies beside it; remove [^\n]+\n$/,
    );
    for (const suffix of ["-wal", "-shm"]) rmSync(join(dataDir(), `homing.db${suffix}`));
    const restored = await start();
    expect(await list(restored.serve, "")).toEqual([200, { items: [] }]);
    // Its own log, from now on.
    await restored.api.send({ targetUrl: receiver.url });
    await restored.serve.kill("SIGKILL");
    const [, { items }] = await list((await start()).serve, "");
    expect(items).toHaveLength(1);
  });

  it.each([
    ["is put in the place of the file", (file: string) => renameSync(file, join(dataDir(), "homing.db"))],
    ["is written over the file", (file: string) => copyFileSync(file, join(dataDir(), "homing.db"))],
    ["is to be, and the folder was moved away", () => renameSync(dataDir(), join(folder, "elsewhere"))],
  ])("that %s while the server runs ends it in one line", async (_what, put) => {
    const { serve } = await start();
    const file = join(folder, "copy.db");
    await backup(file);
    put(file);
    expect(await serve.ended).toBe(1);
    expect(serve.lastWords()).toMatch(
      /^HOMING_DATA_DIR: \S+homing\.db was moved, or another file put in its place, while Homing ran; [^\n]+\n$/,
    );
  });

  it("of nothing is none, and leaves nothing behind", async () => {
    await expect(backup(join(folder, "copy.db"))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The backup failed: [^\n]+\n$/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

it("what has expired while a server was away leaves its file, however much it is", async () => {
  const { serve, api } = await start();
  const { body } = await api.send({ targetUrl: receiver.url });
  await api.until(body.messageId, ({ status }) => status === "COMPLETED");
  await serve.kill("SIGTERM");
  const file = new DatabaseSync(join(dataDir(), "homing.db"));
  const columns = "sender_id, list_group, created_at, shard, document";
  file.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
    INSERT INTO messages (message_id, expires_at, ${columns}) SELECT 'expired-' || i, 1, ${columns} FROM messages, n`);
  const again = await start();
  const left = () => Number(file.prepare("SELECT count(*) AS count FROM messages").get()?.count);
  await expect.poll(left, { timeout: 30_000 }).toBe(1);
  expect((await again.api.get(body.messageId)).status).toBe("COMPLETED");
  file.close();
});

it("kill -9 in the middle of a delivery and a restart: it is made again at once, not when its lease is over", async () => {
  await receiver.close();
  const arrived = Promise.withResolvers<void>();
  const paths: string[] = [];
  receiver = await startReceiver((response, { path }) => {
    paths.push(path);
    if (paths.length > 1) response.end("ok");
    else arrived.resolve();
  });
  const { serve, api } = await start();
  const { body } = await api.send({ targetUrl: `${receiver.url}/hook` });
  await arrived.promise;
  await serve.kill("SIGKILL");

  const again = await start();
  const message = await again.api.until(body.messageId, ({ status }) => status === "COMPLETED");
  expect(paths).toEqual(["/hook", "/hook"]);
  const [, , first, second] = message.history;
  expect(Date.parse(second?.at ?? "")).toBeLessThan(Date.parse(first?.at ?? "") + DEFAULT_SETTINGS.leaseMs);
  // Nobody knows what became of the first.
  expect(message.history.map(({ reason }) => reason)).toEqual([
    "ACCEPTED",
    "ENQUEUED",
    "CLAIMED",
    "CLAIMED",
    "DELIVERED",
  ]);
  expect(message.attempts.at(-1)).toMatchObject({ number: 2, outcome: "SUCCEEDED" });
});

it("kill -9 in mid-traffic and a restart: every accepted message comes home", async () => {
  const accepted: string[] = [];
  const times = {
    HOMING_DELIVERY_TIMEOUT: "1s",
    HOMING_LEASE: "3s",
    HOMING_RECONCILE_INTERVAL: "500ms",
  };
  const { serve, api } = await start(times);
  const traffic = Array.from({ length: 200 }, async (_, n) => {
    const answer = await api
      .send({ targetUrl: receiver.url, body: n }, { "idempotency-key": `kill-${n}` })
      .catch(() => undefined);
    if (answer?.status === 202) accepted.push(String(answer.body.messageId));
    if (accepted.length === 100) serve.child.kill("SIGKILL");
  });
  await Promise.all(traffic);
  expect(accepted.length).toBeGreaterThanOrEqual(100);

  const after = await start(times);
  for (const messageId of accepted) {
    const message = await after.api.until(messageId, ({ status }) => status === "COMPLETED");
    expect(message.attempts.at(-1)?.outcome).toBe("SUCCEEDED");
  }
  const delivered = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
  expect(accepted.filter((messageId) => !delivered.has(messageId))).toEqual([]);
  expect(await after.serve.kill("SIGTERM")).toEqual({ code: 0 });
});
