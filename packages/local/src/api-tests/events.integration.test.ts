/** Events through the real API, DynamoDB's and SQS's protocols, the worker and HTTP, to a receiver that is there. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedApi, startEmbeddedApi } from "../testing/embedded-api.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let api: EmbeddedApi;
let server: Server;
let url: string;
let received: Received[] = [];
beforeAll(async () => {
  api = await startEmbeddedApi();
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await api?.close();
});
beforeEach(() => {
  received = [];
});

let senders = 0;
const newSender = () => `cus_${++senders}`;

async function register(senderId: string, path: string, over: object = {}): Promise<string> {
  const json = { senderId, url: `${url}${path}`, ...over };
  const { status, body } = await api.call("POST", "/v1/endpoints", { json });
  expect(status).toBe(201);
  return body.endpointId as string;
}

async function send(senderId: string, over: object = {}) {
  const json = { senderId, eventType: "invoice.paid", body: { id: "inv_1" }, ...over };
  const { status, body } = await api.call("POST", "/v1/events", { json });
  expect(status).toBe(202);
  return body;
}

/** The worker takes what is in the queue until nothing is left. */
async function deliverAll(): Promise<void> {
  for (;;) {
    const { visible } = await api.services.queue.depth();
    if (visible === 0) return;
    await api.deliver();
  }
}

describe("an endpoint gets the next event", () => {
  it("each of 200, each sent an event at once after it was registered", async () => {
    const paths: string[] = [];
    for (let at = 0; at < 200; at += 1) {
      // Twenty senders in turn: what is remembered of one's endpoints is out of date with each that it registers.
      const senderId = `fresh_${at % 20}`;
      const path = `/fresh/${at}`;
      const eventType = `kind.${at}`;
      await register(senderId, path, { eventTypes: [eventType] });
      const { matched } = await send(senderId, { eventType });
      expect(matched).toBe(1);
      paths.push(path);
    }
    await deliverAll();
    expect(received.map(({ path }) => path).sort()).toEqual(paths.sort());
  });
});

describe("a delivery", () => {
  it("carries the event as it was sent, its id and type, the endpoint's headers, and both kinds of signatures", async () => {
    const senderId = newSender();
    const endpointId = await register(senderId, "/hook", {
      headers: { "X-Own": "endpoint", "x-key": "k" },
      svixHeaders: true,
    });
    const { eventId } = await send(senderId, {
      body: { b: 1, a: [1.0] },
      headers: { "x-own": "event", "x-event": "1" },
    });
    await deliverAll();
    const [request] = received;
    if (!request) throw new Error("nothing has arrived");
    expect(request.body).toBe('{"b":1,"a":[1]}');
    const { body: shown } = await api.call("GET", `/v1/endpoints/${endpointId}/secret`);
    expect(request.headers).toMatchObject({
      "webhook-id": eventId,
      "svix-id": eventId,
      "webhook-event-type": "invoice.paid",
      "x-own": "endpoint",
      "x-key": "k",
      "x-event": "1",
      "content-type": "application/json",
    });
    const headers = request.headers as Record<string, string>;
    expect(new Webhook(shown.secret).verify(request.body, headers)).toEqual({ b: 1, a: [1] });
    expect(headers["svix-signature"]).toBe(headers["webhook-signature"]);
    expect(headers["svix-timestamp"]).toBe(headers["webhook-timestamp"]);
  });

  it("larger than a copy may be arrives whole", async () => {
    const senderId = newSender();
    await register(senderId, "/large");
    const text = "é".repeat(100_000);
    await send(senderId, { body: text });
    await deliverAll();
    expect(received.map(({ body }) => body)).toEqual([text]);
  });
});

describe("an event of many endpoints", () => {
  it("reaches each of 130 once, and is EXPANDED then", async () => {
    const senderId = newSender();
    const paths = Array.from({ length: 130 }, (_, at) => `/many/${at}`);
    for (const path of paths) await register(senderId, path);
    const { eventId, status } = await send(senderId);
    expect(status).toBe("PENDING");
    await deliverAll();
    expect(received.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([eventId]));
    const { body } = await api.call("GET", `/v1/events/${eventId}`);
    expect(body).toMatchObject({ status: "EXPANDED", matched: 130, counts: { COMPLETED: 130 } });
    expect(body.messages).toHaveLength(100);
  });
});
