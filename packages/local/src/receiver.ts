/**
 * A target to deliver to, for development and the demo: it answers as it is told and shows what arrives.
 *
 *     node packages/local/src/receiver.ts --port 4000 --fail-rate 0.3 --status 200 --delay 500ms
 *
 * One target can also be told by its own URL: http://127.0.0.1:4000/hook?status=503&delay=2s&fail-rate=0.5
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseDuration } from "@homing/core/duration";
import { numberOption, OptionError, scriptOptions } from "@homing/functions/machine/script-options";
import { LOOPBACK } from "./embedded/embedded-server.ts";

export interface ReceiverBehaviour {
  /** The answer when it does not fail. */
  readonly status: number;
  /** Share of the requests, 0 to 1, that are answered 503. */
  readonly failRate: number;
  /** Time before the answer. */
  readonly delayMs: number;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly messageId: string;
  readonly body: string;
  /** The status that it was answered with. */
  readonly status: number;
}

export interface ReceiverOptions extends Partial<ReceiverBehaviour> {
  /** 0, the default, for any free port. */
  readonly port?: number;
  readonly onRequest?: (request: ReceivedRequest) => void;
  readonly random?: () => number;
}

export interface Receiver {
  readonly url: string;
  close(): Promise<void>;
}

const FAILURE_STATUS = 503;
const SHOWN_BODY_LENGTH = 500;

/** Listens on 127.0.0.1 only. Resolves once it does. */
export async function startReceiver({
  port = 0,
  onRequest = () => {},
  random = Math.random,
  status = 200,
  failRate = 0,
  delayMs = 0,
}: ReceiverOptions = {}): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const target = request.url ?? "/";
    const behaviour = behaviourOf(target, { status, failRate, delayMs });
    const body = await bodyOf(request);
    const answer = random() < behaviour.failRate ? FAILURE_STATUS : behaviour.status;
    await wait(behaviour.delayMs);
    response.writeHead(answer, { "content-type": "text/plain" }).end();
    onRequest({
      method: request.method ?? "",
      target,
      messageId: String(request.headers["webhook-id"] ?? ""),
      body,
      status: answer,
    });
  });
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What the query string says; `defaults` for what it leaves out or says in a way that cannot be read. */
export function behaviourOf(target: string, defaults: ReceiverBehaviour): ReceiverBehaviour {
  const query = new URL(target, `http://${LOOPBACK}`).searchParams;
  return readBehaviour((name) => query.get(name) ?? undefined, defaults);
}

function readBehaviour(
  option: (name: "status" | "fail-rate" | "delay") => string | undefined,
  defaults: ReceiverBehaviour,
): ReceiverBehaviour {
  const status = Number(option("status") ?? Number.NaN);
  const failRate = Number(option("fail-rate") ?? Number.NaN);
  return {
    status: Number.isInteger(status) && status >= 200 && status <= 599 ? status : defaults.status,
    failRate: failRate >= 0 && failRate <= 1 ? failRate : defaults.failRate,
    delayMs: parseDuration(option("delay") ?? "") ?? defaults.delayMs,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const HELP = `Usage: npx node packages/local/src/receiver.ts [options]

A target to deliver to, on 127.0.0.1: answers as it is told and shows what arrives, until Ctrl-C.

  --port N         where it listens (4000); 0 for any free port
  --status N       what it answers, 200 to 599 (200)
  --fail-rate F    share of the requests, 0 to 1, that is answered ${FAILURE_STATUS} instead (0)
  --delay D        time before the answer, such as 500ms or 2s

One target can also be told by its own URL: http://127.0.0.1:4000/hook?status=503&delay=2s&fail-rate=0.5
`;

const OPTIONS = {
  port: { type: "string" },
  status: { type: "string" },
  "fail-rate": { type: "string" },
  delay: { type: "string" },
} as const;

if (import.meta.main) {
  const options = scriptOptions({ help: HELP, options: OPTIONS }, (values) => ({
    port: numberOption("port", values.port, { least: 0, most: 65_535, whole: true }) ?? 4000,
    status: numberOption("status", values.status, { least: 200, most: 599, whole: true }) ?? 200,
    failRate: numberOption("fail-rate", values["fail-rate"], { least: 0, most: 1 }) ?? 0,
    delayMs: delayOf(values.delay),
  }));
  await main(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    const reason = error.code === "EACCES" ? "may not be used" : "is in use";
    process.stderr.write(`Port ${options.port} ${reason}; choose another one with --port.\n`);
    process.exitCode = 1;
  });
}

function delayOf(text: string | undefined): number {
  const delayMs = text === undefined ? 0 : parseDuration(text);
  if (delayMs === undefined)
    throw new OptionError(`--delay: "${text}" is not a duration such as 500ms or 2s.`);
  return delayMs;
}

async function main(options: ReceiverOptions): Promise<void> {
  const receiver = await startReceiver({
    ...options,
    onRequest: ({ method, target, messageId, body, status }) => {
      const time = new Date().toISOString().slice(11, 23);
      process.stdout.write(
        `${time} ${status} ${method} ${target} ${messageId} ${body.slice(0, SHOWN_BODY_LENGTH)}\n`,
      );
    },
  });
  process.stdout.write(`Deliver to ${receiver.url}/anything\n`);
  const stop = () => void receiver.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
