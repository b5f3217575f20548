/** The receivers of the demo: each path is a service with a character of its own. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { MINUTE } from "@homing/core/duration";
import { LOOPBACK } from "../embedded/embedded-server.ts";

export interface DemoTarget {
  readonly url: string;
  /** Where nobody listens. */
  readonly closedUrl: string;
  close(): Promise<void>;
}

type Answer = (response: ServerResponse) => void | Promise<void>;

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  void response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));

const SERVICES: Readonly<Record<string, Answer>> = {
  "/orders": async (response) => {
    await wait(20 + Math.random() * 180);
    json(response, 200, { received: true });
  },
  "/invoices": (response) =>
    Math.random() < 0.5
      ? json(response, 503, { error: "maintenance", message: "The billing service is being deployed." })
      : json(response, 202, { accepted: true, queue: "billing-eu" }),
  "/contacts": (response) =>
    json(response, 410, { error: "gone", message: "This endpoint was removed. See /v2/contacts." }),
  "/partners": (response) =>
    json(response, 401, { error: "invalid_signature", message: "webhook-signature does not match." }),
  "/events": (response) =>
    json(response, 429, { error: "slow_down", limit: "10/min" }, { "retry-after": "120" }),
  "/legacy": (response) => void response.writeHead(302, { location: "https://example.com/moved" }).end(),
  "/search": (response) =>
    void response
      .writeHead(500, { "content-type": "text/html" })
      .end("<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"),
  "/inventory": (response) => void response.destroy(),
  // Never: the attempt ends by its own deadline.
  "/reports": () => undefined,
};

const LEDGER_DOWN_MS = 4 * MINUTE;

/** Is down for a while, and then works; what it will never book it refuses all along. */
function ledger(upAt: number): (response: ServerResponse, path: string) => void {
  return (response, path) => {
    if (path.endsWith("refused")) json(response, 422, { error: "account_closed" });
    else if (Date.now() < upAt)
      json(response, 503, { error: "closing", message: "The books are being closed." });
    else json(response, 200, { booked: true });
  };
}

/** Listens on 127.0.0.1 only. */
export async function startDemoTarget(): Promise<DemoTarget> {
  const answerLedger = ledger(Date.now() + LEDGER_DOWN_MS);
  const server = createServer((request, response) => {
    request.resume();
    const service = `/${(request.url ?? "").split("/")[1]}`;
    const answer = SERVICES[service] ?? SERVICES["/orders"];
    request.on("end", () =>
      service === "/ledger" ? answerLedger(response, request.url ?? "") : void answer?.(response),
    );
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}`,
    closedUrl: `http://${LOOPBACK}:1`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
