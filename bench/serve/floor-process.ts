/**
 * The floor: a bare `node:http` server that makes of each message one durable insert, with group commit, and one request
 * with undici. Called like Homing: POST /v1/messages with a `targetUrl` and a `body`.
 */
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Pool } from "undici";

const CONNECTIONS = 256;
const database = new DatabaseSync(join(process.env.HOMING_DATA_DIR ?? "", "floor.db"));
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4096;
  CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY, key TEXT, document TEXT);
`);
const insert = database.prepare("INSERT INTO messages (key, document) VALUES (?, ?)");
const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");

let group: PromiseWithResolvers<void> | undefined;
function write(key: string, document: string): Promise<void> {
  if (group === undefined) {
    const opened = Promise.withResolvers<void>();
    group = opened;
    begin.run();
    setImmediate(() => {
      commit.run();
      group = undefined;
      opened.resolve();
    });
  }
  insert.run(key, document);
  return group.promise;
}

const pools = new Map<string, Pool>();
function poolOf(origin: string): Pool {
  const pool = pools.get(origin) ?? new Pool(origin, { connections: CONNECTIONS });
  pools.set(origin, pool);
  return pool;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

createServer(async (request, response) => {
  response.setHeader("content-type", "application/json");
  if (request.method === "GET") return void response.end("{}");
  const text = await textOf(request);
  await write(String(request.headers["idempotency-key"]), text);
  response.writeHead(202).end("{}");
  const { targetUrl, body } = JSON.parse(text) as { targetUrl: string; body: unknown };
  const { origin, pathname: path } = new URL(targetUrl);
  const headers = { "content-type": "application/json" };
  const answer = await poolOf(origin).request({ method: "POST", path, headers, body: JSON.stringify(body) });
  await answer.body.dump();
}).listen(Number(process.env.PORT), "127.0.0.1");
process.once("SIGTERM", () => process.exit(0));
