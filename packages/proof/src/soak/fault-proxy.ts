import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LOOPBACK } from "@homing/local/embedded/embedded-server";

/** What befalls one request between an SDK client and its server. */
export type ProxyFault = "refused" | "throttled" | "lostBefore" | "answerLost" | "slow";

export interface FaultProxyOptions {
  /** `http://127.0.0.1:PORT` of the server behind it. */
  readonly target: string;
  /** How the server's service names its throttling. */
  readonly throttlingError: string;
  /** Share of the requests, 0 to 1, that meet a fault now. */
  readonly rate: () => number;
  readonly slowMs: number;
}

export interface FaultProxy {
  readonly endpoint: string;
  readonly port: number;
  close(): Promise<void>;
}

const FAULTS: readonly ProxyFault[] = ["refused", "throttled", "lostBefore", "answerLost", "slow"];

/** Stands between SDK clients and a server on loopback, and lets some of the requests fail in every way there is. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const server = createServer((incoming, response) => {
    const isStruck = Math.random() < options.rate();
    const fault = isStruck ? FAULTS[Math.floor(Math.random() * FAULTS.length)] : undefined;
    handle(options, fault, incoming, response);
  });
  await new Promise<void>((listening) => server.listen(0, LOOPBACK, listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function handle(
  options: FaultProxyOptions,
  fault: ProxyFault | undefined,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault) {
    case "refused":
      refuse(incoming, response, 500, "InternalServerError");
      break;
    case "throttled":
      refuse(incoming, response, 400, options.throttlingError);
      break;
    case "lostBefore":
      incoming.socket.destroy();
      break;
    case "answerLost":
      pass(options, incoming, () => incoming.socket.destroy());
      break;
    case "slow":
      setTimeout(() => forward(options, incoming, response), options.slowMs);
      break;
    default:
      forward(options, incoming, response);
  }
}

function forward(options: FaultProxyOptions, incoming: IncomingMessage, response: ServerResponse): void {
  pass(options, incoming, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}

function pass(
  { target }: FaultProxyOptions,
  incoming: IncomingMessage,
  onAnswer: (answer: IncomingMessage) => void,
): void {
  const { host, hostname, port } = new URL(target);
  const { method, url: path, headers } = incoming;
  const onward = request({ hostname, port, path, method, headers: { ...headers, host } }, onAnswer);
  onward.on("error", () => incoming.socket.destroy());
  incoming.pipe(onward);
}

function refuse(incoming: IncomingMessage, response: ServerResponse, status: number, type: string): void {
  incoming.resume();
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type, message: "injected" }));
}
