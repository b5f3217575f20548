import { MINUTE, SECOND } from "@homing/core/duration";
import { reconcile } from "@homing/core/reconcile/reconcile";
import { faultyStore } from "@homing/core/testing/faulty-store";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi, type MemoryApiOptions } from "../testing/memory-api.ts";

const EVENT = { senderId: "cus_42", eventType: "invoice.paid", body: { id: "inv_1" } };

async function listening(options: MemoryApiOptions = {}, over: object = {}) {
  const api = createMemoryApi(options);
  const json = { senderId: "cus_42", url: "https://listen.invalid/", state: "PAUSED", ...over };
  const { body } = await api.call("POST", "/v1/endpoints", { json });
  const path = `/v1/endpoints/${body.endpointId}`;
  return {
    api,
    path,
    send: (json: object = EVENT) => sendEvent(api, json),
    take: (json?: object) => api.call("POST", `${path}/take`, json ? { json } : {}),
    answer: (json: object) => api.call("POST", `${path}/answer`, { json }),
    read: async (messageId: string) => (await api.call("GET", `/v1/messages/${messageId}`)).body,
  };
}

async function sendEvent({ call, clock }: MemoryApi, json: object): Promise<string> {
  clock.advance(1);
  const { body } = await call("POST", "/v1/events", { json });
  return body.messages[0].messageId;
}

const answerTo = (
  { messageId, claimId }: { messageId: string; claimId: string },
  responseStatus: number,
) => ({
  messageId,
  claimId,
  durationMs: 12,
  responseStatus,
});

const runReconciler = ({ dependencies }: MemoryApi) =>
  reconcile({ ...dependencies, shardMark: { highest: async () => 4 } } as never, "run-1");

describe("what a paused endpoint holds", () => {
  it("is given to its listener as a worker would send it, signed with the endpoint's secret", async () => {
    const { api, path, send, take } = await listening(
      {},
      { headers: { "x-api-key": "open sesame" }, svixHeaders: true },
    );
    const messageId = await send({ ...EVENT, headers: { "X-Plain": "p" } });
    const { status, body } = await take();
    expect(status).toBe(200);
    expect(body).toMatchObject({ leaseSeconds: 60, timeoutSeconds: 15 });
    const [delivery] = body.deliveries;
    expect(delivery).toMatchObject({
      messageId,
      attempt: 1,
      request: { method: "POST", body: '{"id":"inv_1"}' },
    });
    const headers: Record<string, string> = Object.fromEntries(
      delivery.request.headers.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(headers).toMatchObject({
      "X-Plain": "p",
      "x-api-key": "open sesame",
      "content-type": "application/json",
      "webhook-id": delivery.eventId,
      "webhook-event-type": "invoice.paid",
      "svix-id": delivery.eventId,
    });
    const { secret } = (await api.call("GET", `${path}/secret`)).body;
    const sentAt = Number(headers["webhook-timestamp"]) * SECOND;
    expect(sentAt).toBe(Math.floor(api.clock.now() / SECOND) * SECOND);
    const expected = new Webhook(secret).sign(delivery.eventId, new Date(sentAt), '{"id":"inv_1"}');
    expect(headers["webhook-signature"]).toBe(expected);
  });

  it("is under way meanwhile, and given to nobody else", async () => {
    const { send, take, read, path, api } = await listening();
    const messageId = await send();
    const [{ claimId }] = (await take()).body.deliveries;
    expect(await read(messageId)).toMatchObject({ status: "PROCESSING", attemptCount: 1 });
    expect((await take()).body.deliveries).toEqual([]);
    expect((await api.call("GET", path)).body.held.count).toBe(0);
    expect(claimId).toEqual(expect.any(String));
  });

  it("comes oldest first, at most as many as are asked for, and ten", async () => {
    const { send, take } = await listening();
    const sent: string[] = [];
    for (let count = 0; count < 13; count += 1) sent.push(await send({ ...EVENT, body: count }));
    const ids = async (json?: object) =>
      (await take(json)).body.deliveries.map(({ messageId }: { messageId: string }) => messageId);
    expect(await ids({ limit: 2 })).toEqual(sent.slice(0, 2));
    expect(await ids()).toEqual(sent.slice(2, 12));
    expect(await ids()).toEqual(sent.slice(12));
  });

  it("is at most a mebibyte at once, or one", async () => {
    const { send, take } = await listening();
    for (let count = 0; count < 5; count += 1) await send({ ...EVENT, body: "x".repeat(240_000) });
    expect((await take()).body.deliveries).toHaveLength(4);
    expect((await take()).body.deliveries).toHaveLength(1);
  });

  it("is not given once it has expired: it fails", async () => {
    const { api, send, take, read } = await listening();
    const deliverBy = new Date(api.clock.now() + MINUTE).toISOString();
    const messageId = await send({ ...EVENT, deliverBy });
    api.clock.advance(2 * MINUTE);
    expect((await take()).body.deliveries).toEqual([]);
    expect(await read(messageId)).toMatchObject({ status: "FAILED", failureReason: "EXPIRED" });
  });

  it("of two listeners at once goes to one of them", async () => {
    const { send, take } = await listening();
    await send();
    const both = await Promise.all([take(), take()]);
    expect(both.flatMap(({ body }) => body.deliveries)).toHaveLength(1);
  });

  it("that was taken by a write whose answer never came is the next one's, a lease later", async () => {
    const { api, send, take, read } = await listening({
      wrapStore: (store) => faultyStore(store, (call) => (call === "apply take" ? "after" : undefined)),
    });
    const messageId = await send();
    expect((await take()).status).toBe(503);
    api.clock.advance(61 * SECOND);
    await runReconciler(api);
    expect(await read(messageId)).toMatchObject({ status: "QUEUED", attempts: [{ outcome: "UNKNOWN" }] });
  });
});

describe("an endpoint that is not paused", () => {
  it("since a listener's call began, that stood still, has nothing for it: what it held goes to its own address", async () => {
    let standsStill = false;
    const { api, send, take, read } = await listening({
      wrapStore: (store) =>
        faultyStore(store, (call) => {
          if (call === "listHeld" && standsStill) api.clock.advance(MINUTE);
          return undefined;
        }),
    });
    const messageId = await send();
    standsStill = true;
    const { status, body } = await take();
    expect([status, body.deliveries]).toEqual([200, []]);
    standsStill = false;
    expect(await read(messageId)).toMatchObject({ status: "PENDING", attempts: [] });
    expect((await take()).body.deliveries).toMatchObject([{ messageId }]);
  });

  it.each(["activate", "disable"])("has nothing for a listener: %s", async (action) => {
    const { api, path, take } = await listening();
    await api.call("POST", `${path}/${action}`);
    const { status, body } = await take();
    expect([status, body.code, body.retryable]).toEqual([409, "CONFLICT", false]);
  });
});

describe("the answer of a listener", () => {
  it("completes the message, with the attempt as a worker would have recorded it", async () => {
    const { api, send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    api.clock.advance(300);
    const answered = await answer({
      ...answerTo(delivery, 201),
      durationMs: 250,
      responseHeaders: { "Content-Type": "text/plain", "set-cookie": "session=1" },
      responseBody: "thank you",
    });
    expect([answered.status, answered.body]).toEqual([200, { messageId, status: "COMPLETED" }]);
    const { attempts, history, ...message } = await read(messageId);
    expect(message.status).toBe("COMPLETED");
    expect(history.map(({ reason }: { reason: string }) => reason)).toEqual([
      "ENDPOINT_PAUSED",
      "CLAIMED",
      "DELIVERED",
    ]);
    expect(attempts).toMatchObject([
      {
        number: 1,
        outcome: "SUCCEEDED",
        durationMs: 250,
        responseStatus: 201,
        responseHeaders: { "content-type": "text/plain", "set-cookie": "***" },
        responseBody: "thank you",
        decision: { rule: "STATUS_2XX", action: "COMPLETE" },
      },
    ]);
  });

  it.each([
    [{ responseStatus: 500 }, "STATUS_5XX"],
    [{ responseStatus: 302 }, "STATUS_3XX"],
    [{ errorCode: "CONNECTION_REFUSED" }, "CONNECTION_REFUSED"],
  ])("%j lets the message wait for its next attempt by the schedule", async (outcome, rule) => {
    const { api, send, take, answer, read } = await listening();
    const messageId = await send();
    const [{ claimId }] = (await take()).body.deliveries;
    const answered = await answer({ messageId, claimId, durationMs: 5, ...outcome });
    expect(answered.body.nextAttemptAt).toBe(new Date(api.clock.now() + 5_250).toISOString());
    expect(await read(messageId)).toMatchObject({
      status: "QUEUED",
      attempts: [{ outcome: "RETRY", decision: { rule } }],
    });
    // The copy of the next attempt is in the queue; whoever gets it finds the endpoint paused, and holds the message.
    expect(await api.queue.depth()).toMatchObject({ delayed: 1 });
  });

  it("is repeated by the endpoint's own schedule, if it has one", async () => {
    const { api, send, take, answer } = await listening({}, { retrySchedule: ["2h"] });
    await send();
    const [delivery] = (await take()).body.deliveries;
    const { body } = await answer(answerTo(delivery, 503));
    // Stretched by half of a tenth.
    expect(body.nextAttemptAt).toBe(new Date(api.clock.now() + 126 * MINUTE).toISOString());
  });

  it("410 fails the message, and disables the endpoint", async () => {
    const { api, path, send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    await answer(answerTo(delivery, 410));
    expect(await read(messageId)).toMatchObject({ status: "FAILED", failureReason: "TARGET_REJECTED" });
    expect((await api.call("GET", path)).body).toMatchObject({ state: "DISABLED", stateReason: "GONE" });
  });

  it("counts once, however often it is told", async () => {
    const { send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    const first = await answer(answerTo(delivery, 200));
    const again = await answer(answerTo(delivery, 500));
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await read(messageId)).attempts).toHaveLength(1);
  });

  it("comes too late once the lease is over and the delivery was taken away", async () => {
    const { api, send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    api.clock.advance(61 * SECOND);
    await runReconciler(api);
    const late = await answer(answerTo(delivery, 200));
    expect([late.status, late.body.code, late.body.retryable]).toEqual([409, "CONFLICT", false]);
    expect(await read(messageId)).toMatchObject({
      status: "QUEUED",
      attempts: [{ number: 1, outcome: "UNKNOWN" }],
    });
  });

  it("still counts after the lease while nobody has taken the delivery away", async () => {
    const { api, send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    api.clock.advance(61 * SECOND);
    await answer(answerTo(delivery, 200));
    expect((await read(messageId)).status).toBe("COMPLETED");
  });

  it("shows no secret that the target has sent back", async () => {
    const { send, take, answer, read } = await listening({}, { headers: { "x-api-key": "open-sesame" } });
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    await answer({ ...answerTo(delivery, 200), responseBody: "you sent open-sesame" });
    const { attempts } = await read(messageId);
    expect(attempts[0].responseBody).toBe("you sent ***");
  });

  it("is kept to 4 KiB", async () => {
    const { send, take, answer, read } = await listening();
    const messageId = await send();
    const [delivery] = (await take()).body.deliveries;
    await answer({ ...answerTo(delivery, 500), responseBody: "é".repeat(4_000) });
    const { attempts } = await read(messageId);
    expect(Buffer.byteLength(attempts[0].responseBody)).toBe(4_096);
    expect(attempts[0].responseTruncated).toBe(true);
  });

  it.each([
    ["nothing", {}],
    ["both", { responseStatus: 200, errorCode: "TIMEOUT" }],
  ])("is refused if it tells %s", async (_, outcome) => {
    const { send, take, answer } = await listening();
    await send();
    const [{ messageId, claimId }] = (await take()).body.deliveries;
    const { status, body } = await answer({ messageId, claimId, durationMs: 1, ...outcome });
    expect([status, body.errors]).toEqual([
      400,
      [{ path: "responseStatus", message: "must be given if there is no errorCode, and only then" }],
    ]);
  });

  it("with a claim of somebody else's decides nothing", async () => {
    const { send, take, answer, read } = await listening();
    const messageId = await send();
    await take();
    expect((await answer(answerTo({ messageId, claimId: "guessed" }, 200))).status).toBe(409);
    expect((await read(messageId)).status).toBe("PROCESSING");
  });

  it("of another endpoint's delivery finds none", async () => {
    const { api, send, take, answer } = await listening();
    await send();
    const [delivery] = (await take()).body.deliveries;
    const other = await api.call("POST", "/v1/endpoints", {
      json: { senderId: "cus_42", url: "https://listen.invalid/", state: "PAUSED" },
    });
    const path = `/v1/endpoints/${other.body.endpointId}/answer`;
    expect((await api.call("POST", path, { json: answerTo(delivery, 200) })).status).toBe(404);
    expect((await answer(answerTo({ ...delivery, messageId: "msg_unknown" }, 200))).status).toBe(404);
  });
});

describe("listening", () => {
  it.each([
    ["cus_42", "endpoints", 200],
    ["cus_42", "operate", 200],
    ["cus_42", "read", 403],
    ["cus_42", "send", 403],
    ["cus_43", "endpoints", 404],
  ])("with a key of %s and the scope %s: %i", async (senderId, scope, expected) => {
    const { api, path } = await listening();
    const key = await api.createKey(senderId, [scope]);
    expect((await api.call("POST", `${path}/take`, { key })).status).toBe(expected);
  });
});
