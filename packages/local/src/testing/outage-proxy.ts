import { createServer, request as forward, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a server, and can be taken away and brought back on the same port: an outage. */
export interface OutageProxy {
  readonly endpoint: string;
  /** Requests that were let through. */
  readonly passed: number;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** From now on every request is answered with this error, as SQS would; undefined passes them on again. */
  refuseWith(error: { readonly type: string; readonly status: number } | undefined): void;
}

export async function startOutageProxy(target: string): Promise<OutageProxy> {
  const { host, hostname, port } = new URL(target);
  let passed = 0;
  let refusal: { type: string; status: number } | undefined;
  let listeningOn = 0;
  let down = false;
  let server: Server;

  const start = async () => {
    down = false;
    server = createServer((incoming, response) => {
      if (down) {
        incoming.destroy();
        return;
      }
      if (refusal) {
        incoming.resume();
        response.writeHead(refusal.status, { "content-type": "application/x-amz-json-1.0" });
        response.end(
          JSON.stringify({
            __type: refusal.type,
            message: "secret detail of arn:aws:sqs:us-east-1:123456789012:homing",
          }),
        );
        return;
      }
      passed += 1;
      const onward = forward(
        {
          hostname,
          port,
          path: incoming.url,
          method: incoming.method,
          headers: { ...incoming.headers, host },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: "close" });
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((listening) => server.listen(listeningOn, "127.0.0.1", listening));
    listeningOn = (server.address() as AddressInfo).port;
  };
  await start();

  return {
    endpoint: `http://127.0.0.1:${listeningOn}`,
    get passed() {
      return passed;
    },
    start,
    // Polls that are under way end by themselves, a second later at most: a server hands the next message to a
    // poll whose caller is gone, and it would stay invisible.
    stop: () =>
      new Promise((closed) => {
        down = true;
        server.close(() => closed());
        server.closeIdleConnections();
      }),
    refuseWith: (error) => {
      refusal = error;
    },
  };
}
