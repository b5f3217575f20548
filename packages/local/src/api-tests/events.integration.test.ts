/** Events through the whole of Homing, to a receiver that is there. */
import { type Caller, createHttpCaller } from "@homing/functions/testing/api-caller";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Installation, KEY, startInstallation } from "../testing/installation.ts";
import { type Receiver, startReceiver } from "../testing/receiver.ts";

/** The machine may be busy. */
const SOON = { timeout: 60_000 };

let homing: Installation;
let call: Caller;
let receiver: Receiver;
beforeAll(async () => {
  homing = await startInstallation();
  call = createHttpCaller(homing.url, KEY);
});
afterAll(() => homing?.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

let senders = 0;
const newSender = () => `cus_${++senders}`;

async function register(senderId: string, path: string, over: object = {}): Promise<string> {
  const json = { senderId, url: `${receiver.url}${path}`, ...over };
  const { status, body } = await call("POST", "/v1/endpoints", { json });
  expect(status).toBe(201);
  return body.endpointId as string;
}

async function send(senderId: string, over: object = {}) {
  const json = { senderId, eventType: "invoice.paid", body: { id: "inv_1" }, ...over };
  const { status, body } = await call("POST", "/v1/events", { json });
  expect(status).toBe(202);
  return body;
}

/** What has arrived, once it is so much. */
async function arrived(count: number) {
  await expect.poll(() => receiver.received.length, SOON).toBe(count);
  return receiver.received;
}

describe("an endpoint gets the next event", () => {
  it("each of 200, each sent an event at once after it was registered", async () => {
    const paths: string[] = [];
    const next = async (senderId: string) => {
      const at = paths.length;
      const [path, eventType] = [`/fresh/${at}`, `kind.${at}`];
      paths.push(path);
      await register(senderId, path, { eventTypes: [eventType] });
      const { matched } = await send(senderId, { eventType });
      expect(matched).toBe(1);
    };
    // What is remembered of a sender's endpoints is out of date with each that it registers.
    const senderIds = Array.from({ length: 20 }, newSender);
    for (let round = 0; round < 10; round += 1) await Promise.all(senderIds.map(next));
    const received = await arrived(paths.length);
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
    const [request] = await arrived(1);
    if (!request) throw new Error("nothing has arrived");
    expect(request.body).toBe('{"b":1,"a":[1]}');
    const { body: shown } = await call("GET", `/v1/endpoints/${endpointId}/secret`);
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
    expect((await arrived(1)).map(({ body }) => body)).toEqual([text]);
  });
});

describe("an event of many endpoints", () => {
  it("reaches each of 130 once, and is EXPANDED then", async () => {
    const senderId = newSender();
    const paths = Array.from({ length: 130 }, (_, at) => `/many/${at}`);
    for (const path of paths) await register(senderId, path);
    const { eventId, status } = await send(senderId);
    expect(status).toBe("PENDING");
    const show = async () => (await call("GET", `/v1/events/${eventId}`)).body;
    await expect
      .poll(show, SOON)
      .toMatchObject({ status: "EXPANDED", matched: 130, counts: { COMPLETED: 130 } });
    expect((await show()).messages).toHaveLength(100);
    const { received } = receiver;
    expect(received.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([eventId]));
  });
});
