import { DAY, MINUTE } from "@homing/core/duration";
import { SendError } from "@homing/core/queue/message-queue";
import { reconcile } from "@homing/core/reconcile/reconcile";
import { StorageError } from "@homing/core/store/message-store";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi, type MemoryApiOptions } from "../testing/memory-api.ts";

const EVENT = { senderId: "cus_42", eventType: "invoice.paid", body: { id: "inv_1" } };

/** An API and endpoints of cus_42 with these properties; answers their ids too. */
async function withEndpoints(given: readonly object[], options: MemoryApiOptions = {}) {
  const api = createMemoryApi(options);
  const ids: string[] = [];
  for (const [at, one] of given.entries()) {
    const json = { senderId: "cus_42", url: `https://example.com/hook-${at}`, ...one };
    const { status, body } = await api.call("POST", "/v1/endpoints", { json });
    expect(status).toBe(201);
    ids.push(body.endpointId);
    api.clock.advance(1);
  }
  return { api, ids };
}

const send = (api: MemoryApi, over: object = {}, headers: Record<string, string> = {}, search = "") =>
  api.call("POST", `/v1/events${search}`, { json: { ...EVENT, ...over }, headers });

describe("an event", () => {
  it("becomes a message for each endpoint that matches", async () => {
    const { api, ids } = await withEndpoints([
      { eventTypes: ["invoice.*"] },
      { eventTypes: ["user.created"] },
      {},
    ]);
    const { status, body } = await send(api);
    expect(status).toBe(202);
    expect(body).toEqual({
      eventId: expect.stringMatching(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/),
      status: "EXPANDED",
      stored: true,
      duplicate: false,
      matched: 2,
      skipped: 0,
      queued: 2,
      messages: [ids[0], ids[2]].map((endpointId) => ({
        messageId: expect.stringMatching(/^msg_/),
        endpointId,
        status: "QUEUED",
      })),
      correlationId: expect.any(String),
      createdAt: "2026-11-22T12:00:00.003Z",
    });
    expect(await api.queue.depth()).toMatchObject({ visible: 2 });
  });

  it("counts every endpoint that it passed over, and names the first 20", async () => {
    const { api } = await withEndpoints(Array.from({ length: 21 }, () => ({ state: "DISABLED" })));
    const { body } = await send(api);
    expect(body).toMatchObject({ matched: 0, skipped: 21 });
    const { body: shown } = await api.call("GET", `/v1/events/${body.eventId}`);
    expect([shown.skipped.length, shown.skippedCount]).toEqual([20, 21]);
    expect((await send(api, {}, {}, "?dryRun=true")).body.skipped).toBe(21);
  });

  it("that matches nothing is stored, and found again", async () => {
    const { api } = await withEndpoints([{ eventTypes: ["user.created"] }]);
    const { status, body } = await send(api);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "EXPANDED", matched: 0, queued: 0, messages: [] });
    await send(api, { eventType: "user.created" });
    const { body: list } = await api.call("GET", "/v1/events?matched=none&senderId=cus_42");
    expect(list.items.map((one: { eventId: string }) => one.eventId)).toEqual([body.eventId]);
    expect(api.observer.count("EventsUnmatched")).toBe(1);
  });

  it("passes over a disabled endpoint, and says so", async () => {
    const { api, ids } = await withEndpoints([{ state: "DISABLED" }, {}]);
    const { body } = await send(api);
    expect(body).toMatchObject({ matched: 1, skipped: 1 });
    const { body: shown } = await api.call("GET", `/v1/events/${body.eventId}`);
    expect(shown.skipped).toEqual([{ endpointId: ids[0], reason: "ENDPOINT_DISABLED" }]);
  });

  it("goes by channel, and to one endpoint alone if it says so", async () => {
    const { api, ids } = await withEndpoints([{ channels: ["a", "b"] }, { channels: ["c"] }, {}]);
    const goesTo = async (over: object) =>
      (await send(api, over)).body.messages.map((one: { endpointId: string }) => one.endpointId);
    expect(await goesTo({ channels: ["b", "x"] })).toEqual([ids[0], ids[2]]);
    expect(await goesTo({})).toEqual([ids[2]]);
    expect(await goesTo({ endpointId: ids[1] })).toEqual([ids[1]]);
  });

  it("for an endpoint that its sender does not have is refused", async () => {
    const { api } = await withEndpoints([]);
    const other = await api.call("POST", "/v1/endpoints", {
      json: { senderId: "cus_43", url: "https://example.com/" },
    });
    const { status, body } = await send(api, { endpointId: other.body.endpointId });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ path: "endpointId", message: "is not an endpoint of this sender" }]);
  });

  it("is shown with what was sent, as it was sent, and with its messages", async () => {
    const { api, ids } = await withEndpoints([{ headers: { "x-own": "1" } }]);
    const given = {
      headers: { "X-Api-Key": "hidden", "x-plain": "shown" },
      metadata: { order: "42" },
      channels: ["a"],
    };
    const { body } = await send(api, given, { "idempotency-key": "k-1" });
    const { status, body: shown } = await api.call("GET", `/v1/events/${body.eventId}`);
    expect(status).toBe(200);
    expect(shown).toEqual({
      eventId: body.eventId,
      status: "EXPANDED",
      senderId: "cus_42",
      eventType: "invoice.paid",
      channels: ["a"],
      headers: { "X-Api-Key": "***", "x-plain": "shown" },
      body: { id: "inv_1" },
      metadata: { order: "42" },
      idempotencyKey: "k-1",
      correlationId: body.correlationId,
      createdAt: body.createdAt,
      expandedAt: body.createdAt,
      matched: 1,
      counts: { QUEUED: 1 },
      skipped: [],
      skippedCount: 0,
      messages: [
        expect.objectContaining({
          messageId: body.messages[0].messageId,
          status: "QUEUED",
          targetUrl: "https://example.com/hook-0",
          method: "POST",
          metadata: { order: "42" },
        }),
      ],
    });
    expect(ids).toHaveLength(1);
  });

  it("is refused with everything that is wrong at once", async () => {
    const { api } = await withEndpoints([]);
    const json = {
      senderId: "cus_42",
      eventType: "in voice",
      channels: ["a b"],
      headers: { host: "a" },
      deliverBy: "2020-01-01T00:00:00Z",
      retries: 3,
    };
    const { status, body } = await api.call("POST", "/v1/events", {
      json,
      headers: { "idempotency-key": "é", "webhook-id": "msg_1" },
    });
    expect(status).toBe(400);
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths.sort()).toEqual(
      [
        "body",
        "channels.0",
        "deliverBy",
        "eventType",
        "headers.host",
        "idempotency-key",
        "retries",
        "webhook-id",
      ].sort(),
    );
  });
});

describe("an idempotency key", () => {
  it("leads to the same event and the same endpoints, whatever has been registered since", async () => {
    const { api } = await withEndpoints([{}]);
    const key = { "idempotency-key": "k-1" };
    const first = await send(api, {}, key);
    await api.call("POST", "/v1/endpoints", { json: { senderId: "cus_42", url: "https://example.com/" } });
    api.clock.advance(MINUTE);
    const again = await send(api, {}, key);
    expect(again.status).toBe(200);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual({
      ...first.body,
      duplicate: true,
      correlationId: again.body.correlationId,
    });
    expect(await api.queue.depth()).toMatchObject({ visible: 1 });
  });

  it("belongs to one request", async () => {
    const { api } = await withEndpoints([{}]);
    const key = { "idempotency-key": "k-1" };
    const first = await send(api, {}, key);
    expect(await send(api, { body: 2 }, key)).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
    const { body: shown } = await api.call("GET", `/v1/events/${first.body.eventId}`);
    expect(shown.body).toEqual({ id: "inv_1" });
  });

  it("is judged by the time of the first call", async () => {
    const { api } = await withEndpoints([{}]);
    const key = { "idempotency-key": "k-1" };
    const over = { deliverBy: "2026-11-22T12:01:00Z" };
    await send(api, over, key);
    api.clock.advance(2 * MINUTE);
    expect((await send(api, over, key)).status).toBe(200);
    expect((await send(api, over)).status).toBe(400);
  });

  it("of an event is no other's: the same key of a message leads elsewhere", async () => {
    const { api } = await withEndpoints([{}]);
    const headers = { "idempotency-key": "k-1" };
    await send(api, {}, headers);
    const json = { senderId: "cus_42", targetUrl: "https://example.com/" };
    expect((await api.call("POST", "/v1/messages", { json, headers })).status).toBe(202);
  });

  it("finds its event in the list", async () => {
    const { api } = await withEndpoints([]);
    const { body } = await send(api, {}, { "idempotency-key": "k-1" });
    const found = await api.call("GET", "/v1/events?senderId=cus_42&idempotencyKey=k-1");
    expect(found.body.items).toMatchObject([{ eventId: body.eventId, idempotencyKey: "k-1" }]);
    expect((await api.call("GET", "/v1/events?senderId=cus_43&idempotencyKey=k-1")).body.items).toEqual([]);
  });

  it("finds its event only if it fits the other filters", async () => {
    const { api } = await withEndpoints([{}]);
    await send(api, { metadata: { order: "42" } }, { "idempotency-key": "k-1" });
    const found = async (other: string) =>
      (await api.call("GET", `/v1/events?senderId=cus_42&idempotencyKey=k-1&${other}`)).body.items.length;
    for (const fitting of ["eventType=invoice.paid", "metadata=order%3D42", "since=2026-11-22T12:00:00Z"])
      expect([fitting, await found(fitting)]).toEqual([fitting, 1]);
    for (const other of [
      "eventType=user.created",
      "metadata=order%3D43",
      "matched=none",
      "until=2026-11-22T12:00:00Z",
    ])
      expect([other, await found(other)]).toEqual([other, 0]);
  });
});

describe("a dry run", () => {
  it("tells where the event would go and stores nothing", async () => {
    const { api, ids } = await withEndpoints([{}, { state: "DISABLED" }, { eventTypes: ["x"] }]);
    const { status, body } = await send(api, {}, {}, "?dryRun=true");
    expect(status).toBe(200);
    expect(body).toEqual({
      matched: 1,
      skipped: 1,
      endpointIds: [ids[0]],
      correlationId: expect.any(String),
    });
    expect((await api.call("GET", "/v1/events")).body.items).toEqual([]);
  });

  it("refuses an endpoint that its sender does not have, as the real call does", async () => {
    const { api } = await withEndpoints([{}]);
    const endpointId = "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5";
    expect((await send(api, { endpointId }, {}, "?dryRun=true")).status).toBe(400);
  });
});

describe("explain", () => {
  it("says why each other endpoint does not get the event", async () => {
    const { api, ids } = await withEndpoints([
      {},
      { eventTypes: ["user.*"] },
      { channels: ["a"] },
      { state: "DISABLED" },
    ]);
    const { body } = await send(api);
    api.clock.advance(1);
    const later = await api.call("POST", "/v1/endpoints", {
      json: { senderId: "cus_42", url: "https://example.com/" },
    });
    await api.call("PATCH", `/v1/endpoints/${ids[1]}`, { json: { eventTypes: ["*"] } });
    const { body: shown } = await api.call("GET", `/v1/events/${body.eventId}?explain=true`);
    expect(shown.notMatched).toHaveLength(4);
    expect(shown.notMatched).toEqual(
      expect.arrayContaining([
        { endpointId: ids[1], reason: "EVENT_TYPE", changedSince: true },
        { endpointId: ids[2], reason: "CHANNEL", changedSince: false },
        { endpointId: ids[3], reason: "DISABLED", changedSince: false },
        { endpointId: later.body.endpointId, reason: "CREATED_LATER", changedSince: true },
      ]),
    );
  });
});

describe("the list of events", () => {
  it("is newest first, page by page, by type and time", async () => {
    const { api } = await withEndpoints([]);
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      const { body } = await send(api, { eventType: at === 2 ? "user.created" : "invoice.paid" });
      ids.unshift(body.eventId);
      api.clock.advance(1_000);
    }
    const listed = async (search: string) => {
      const { body } = await api.call("GET", `/v1/events?senderId=cus_42${search}`);
      const items = body.items.map((one: { eventId: string }) => one.eventId);
      return { items, next: body.nextCursor as string | undefined };
    };
    const first = await listed("&limit=2");
    const second = await listed(`&limit=2&cursor=${first.next}`);
    const third = await listed(`&limit=2&cursor=${second.next}`);
    expect([...first.items, ...second.items, ...third.items]).toEqual(ids);
    expect(third.next).toBeUndefined();
    expect((await listed("&eventType=user.created")).items).toEqual([ids[2]]);
    expect((await listed("&since=2026-11-22T12:00:03Z")).items).toEqual(ids.slice(0, 2));
  });

  it("is filtered by correlation id, exactly", async () => {
    const { api } = await withEndpoints([]);
    await send(api);
    const { body } = await send(api, {}, { "x-correlation-id": "checkout-7f3a" });
    const found = async (id: string) =>
      (await api.call("GET", `/v1/events?correlationId=${id}`)).body.items.map(
        (one: { eventId: string }) => one.eventId,
      );
    expect(await found("checkout-7f3a")).toEqual([body.eventId]);
    expect(await found("checkout-7f3")).toEqual([]);
  });

  it("is filtered by part of the id, of a sender that the key may see", async () => {
    const { api } = await withEndpoints([]);
    const [first, second, other] = [
      await send(api),
      await send(api),
      await send(api, { senderId: "cus_43" }),
    ];
    const found = async (search: string, key?: string) => {
      const { body } = await api.call("GET", `/v1/events?idPart=${search}`, { key });
      return body.items.map((one: { eventId: string }) => one.eventId);
    };
    for (const { body } of [first, second, other]) {
      const { eventId } = body;
      for (const part of [
        eventId.slice(-9).toLowerCase(),
        eventId.slice(14),
        eventId,
        `EVT_${eventId.slice(4, 20)}`,
      ])
        expect(await found(part)).toEqual([eventId]);
      expect(await found(`evt_${eventId.slice(-9)}`)).toEqual([]);
    }
    const own = await api.createKey("cus_42", ["read"]);
    const end = (sent: typeof first) => sent.body.eventId.slice(-9);
    expect([await found(end(second), own), await found(end(other), own)]).toEqual([
      [second.body.eventId],
      [],
    ]);
    expect(await found(`${end(other)}&senderId=cus_43`, own)).toEqual([]);
    expect(await found(`${end(first)}&eventType=user.created`)).toEqual([]);
    for (const part of ["01K", "msg_01KAM", "ep_01KAM", "01KU", "%25%25%25%25"])
      expect((await api.call("GET", `/v1/events?idPart=${part}`)).body.errors).toEqual([
        {
          path: "idPart",
          message: "must be 4 to 26 characters of an event's id: digits, and letters but I, L, O and U",
        },
      ]);
  });

  it("by part of the id tells how far it has looked, and goes on there", async () => {
    const { api } = await withEndpoints([]);
    const ids: string[] = [];
    for (let sent = 0; sent < 3; sent += 1) {
      ids.unshift((await send(api)).body.eventId);
      api.clock.advance(1_000);
    }
    const part = ids[0]?.slice(4, 10) ?? "";
    expect(new Set(ids.map((id) => id.slice(4, 10)))).toEqual(new Set([part]));
    const first = (await api.call("GET", `/v1/events?idPart=${part}&limit=2`)).body;
    expect(first.items.map((one: { eventId: string }) => one.eventId)).toEqual(ids.slice(0, 2));
    // All that was accepted in the millisecond after the second of them, or later, has been looked at.
    expect(first.searchedSince).toBe(new Date(Date.parse(first.items[1].createdAt) + 1).toISOString());
    const rest = (await api.call("GET", `/v1/events?idPart=${part}&limit=2&cursor=${first.nextCursor}`)).body;
    expect(rest.items.map((one: { eventId: string }) => one.eventId)).toEqual(ids.slice(2));
    expect([rest.nextCursor, rest.searchedSince]).toEqual([undefined, undefined]);
    const elsewhere = await api.call("GET", `/v1/events?idPart=${part}0&cursor=${first.nextCursor}`);
    expect(elsewhere.status).toBe(400);
  });

  it("is filtered by metadata, exactly, and goes on where a page stopped looking", async () => {
    const { api } = await withEndpoints([]);
    const sent = async (over: object) => {
      api.clock.advance(1_000);
      return (await send(api, over)).body.eventId as string;
    };
    const listed = async (search: string) => {
      const { body } = await api.call("GET", `/v1/events?${search}`);
      return {
        ids: body.items.map((one: { eventId: string }) => one.eventId),
        nextCursor: body.nextCursor as string | undefined,
      };
    };
    const order = await sent({ metadata: { order: "42", shop: "a=b" } });
    await sent({ metadata: { order: "421" } });
    await sent({ metadata: { Order: "42" } });
    const ofOther = await sent({ senderId: "cus_43", metadata: { order: "42" } });
    await sent({});
    expect((await listed("metadata=order%3D42")).ids).toEqual([ofOther, order]);
    expect((await listed("metadata=order%3D42&senderId=cus_42")).ids).toEqual([order]);
    expect((await listed("metadata=shop%3Da%3Db")).ids).toEqual([order]);
    expect((await listed("metadata=constructor%3D42")).ids).toEqual([]);
    expect((await listed("metadata=order%3D42&eventType=user.created")).ids).toEqual([]);
    expect((await api.call("GET", "/v1/events?metadata=order")).body.errors).toEqual([
      { path: "metadata", message: "must be a name, = and a value" },
    ]);
    for (let more = 0; more < 600; more += 1) await sent({});
    const first = await listed("metadata=order%3D42");
    expect(first.ids).toEqual([]);
    const rest = await listed(`metadata=order%3D42&cursor=${first.nextCursor}`);
    expect(rest).toEqual({ ids: [ofOther, order], nextCursor: undefined });
    const elsewhere = await api.call("GET", `/v1/events?metadata=order%3D421&cursor=${first.nextCursor}`);
    expect(elsewhere.status).toBe(400);
  });
});

describe("keys", () => {
  it("of another sender see nothing of it, and cannot send for it", async () => {
    const { api } = await withEndpoints([{}]);
    const { body } = await send(api, { metadata: { order: "42" } });
    const key = await api.createKey("cus_43", ["read", "send"]);
    expect((await api.call("GET", `/v1/events/${body.eventId}`, { key })).status).toBe(404);
    expect((await api.call("GET", "/v1/events?senderId=cus_42", { key })).body.items).toEqual([]);
    expect((await api.call("GET", "/v1/events", { key })).body.items).toEqual([]);
    const found = await api.call("GET", "/v1/events?metadata=order%3D42", { key });
    expect(found.body).toEqual({ items: [] });
    expect((await api.call("POST", "/v1/events", { key, json: EVENT })).status).toBe(403);
  });

  it("need the scope send, and operate for senders of Homing's own", async () => {
    const { api } = await withEndpoints([]);
    const read = await api.createKey("cus_42", ["read", "endpoints"]);
    expect((await api.call("POST", "/v1/events", { key: read, json: EVENT })).status).toBe(403);
    const any = await api.createKey("*", ["send"]);
    const own = { ...EVENT, senderId: "homing.operations" };
    expect((await api.call("POST", "/v1/events", { key: any, json: own })).status).toBe(403);
    expect((await send(api, { senderId: "homing.operations" })).status).toBe(202);
  });

  it("need operate for whatever is done in the name of senders of Homing's own", async () => {
    const { api, ids } = await withEndpoints([{ senderId: "homing.operations" }]);
    const { body: sent } = await send(api, { senderId: "homing.operations" });
    const key = await api.createKey("*", ["send", "endpoints", "read"]);
    const message = { senderId: "homing.operations", targetUrl: "https://example.com/" };
    const refused = [
      await api.call("POST", `/v1/events/${sent.eventId}/cancel`, { key }),
      await api.call("POST", `/v1/events/${sent.eventId}/retry`, { key }),
      await api.call("POST", "/v1/messages/retry", { key, json: { status: "FAILED", endpointId: ids[0] } }),
      await api.call("POST", "/v1/messages/retry", {
        key,
        json: { status: "FAILED", endpointId: ids[0], senderId: "homing.operations", dryRun: true },
      }),
      await api.call("POST", `/v1/messages/${sent.messages[0].messageId}/cancel`, { key }),
      await api.call("POST", `/v1/messages/${sent.messages[0].messageId}/retry`, { key }),
      await api.call("POST", "/v1/messages", { key, json: message }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(Array(7).fill(403));
    const { body } = await api.call("POST", "/v1/messages/batch", { key, json: { messages: [message] } });
    expect(body.results[0].httpStatus).toBe(403);
    expect((await api.call("GET", `/v1/events/${sent.eventId}`, { key })).status).toBe(200);
    expect((await api.call("POST", "/v1/messages", { json: message })).status).toBe(202);
  });

  it("pay for each delivery", async () => {
    const { api } = await withEndpoints([{}, {}, {}], { rateLimit: { perSecond: 1, burst: 10 } });
    const key = await api.createKey("cus_42", ["send"]);
    const answers = [];
    for (let at = 0; at < 4; at += 1)
      answers.push((await api.call("POST", "/v1/events", { key, json: EVENT })).status);
    // 4 each of 10: the third goes into debt.
    expect(answers).toEqual([202, 202, 202, 429]);
  });

  it("pay for the delivery that tries an endpoint as well", async () => {
    const { api, ids } = await withEndpoints([{}], { rateLimit: { perSecond: 1, burst: 4 } });
    const key = await api.createKey("cus_42", ["endpoints"]);
    const answers = [];
    for (let at = 0; at < 3; at += 1)
      answers.push((await api.call("POST", `/v1/endpoints/${ids[0]}/test`, { key })).status);
    expect(answers).toEqual([202, 202, 429]);
  });
});

describe("an outage", () => {
  it("of the queue leaves the event stored and its messages waiting, and says so", async () => {
    const { api } = await withEndpoints([{}], {
      wrapQueue: (queue) => ({
        ...queue,
        send: async (copies) => copies.map(() => new SendError("QUEUE_UNAVAILABLE", true, "Silent")),
        depth: () => queue.depth(),
        deadLetters: () => queue.deadLetters(),
      }),
      settings: { sendBudgetMs: 1 },
    });
    const { status, body } = await send(api, {}, { "idempotency-key": "k-1" });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "SYSTEM_ERROR", stored: true, retryable: true });
    const { body: shown } = await api.call("GET", `/v1/events/${body.eventId}`);
    expect(shown).toMatchObject({
      status: "EXPANDED",
      counts: { PENDING: 1 },
      messages: [{ pendingReason: "SEND_FAILED" }],
    });
  });

  it("of the storage before the event is there says that nothing is stored", async () => {
    const { api } = await withEndpoints([{}], {
      wrapEvents: (events) =>
        Object.assign(events, {
          insert: async () => Promise.reject(new StorageError(true, true, new Error("silent"))),
        }),
    });
    const { status, body } = await send(api);
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "SYSTEM_ERROR", retryable: false });
    expect(body).not.toHaveProperty("stored");
  });
});

describe("a batch of events", () => {
  it("accepts or refuses each on its own", async () => {
    const { api } = await withEndpoints([{}]);
    const { status, body } = await api.call("POST", "/v1/events/batch", {
      json: {
        events: [
          { ...EVENT, idempotencyKey: "k-1" },
          { ...EVENT, eventType: "no type" },
          { ...EVENT, idempotencyKey: "k-1" },
          { ...EVENT, idempotencyKey: "k-1", body: 2 },
        ],
      },
    });
    expect(status).toBe(207);
    const [first, second, third, fourth] = body.results;
    expect(first).toMatchObject({ index: 0, event: { matched: 1, status: "EXPANDED" } });
    expect(second).toMatchObject({ index: 1, httpStatus: 400, problem: { errors: [{ path: "eventType" }] } });
    expect([first.httpStatus, third.httpStatus].sort()).toEqual([200, 202]);
    expect(third.event.eventId).toBe(first.event.eventId);
    expect(fourth).toMatchObject({ httpStatus: 422, problem: { code: "IDEMPOTENCY_KEY_REUSED" } });
    expect(await api.queue.depth()).toMatchObject({ visible: 1 });
  });

  it("makes up to 100 deliveries itself and leaves the others to workers", async () => {
    const { api } = await withEndpoints(Array.from({ length: 10 }, () => ({})));
    const events = Array.from({ length: 11 }, () => EVENT);
    const { body } = await api.call("POST", "/v1/events/batch", { json: { events } });
    const statuses = body.results.map((one: { event: { status: string } }) => one.event.status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => "EXPANDED"), "PENDING"]);
    expect(await api.queue.depth()).toMatchObject({ visible: 101 });
  });
});

describe("an event of more than 10 endpoints", () => {
  it("is accepted at once, and expanded by workers in slices of 100", async () => {
    const { api } = await withEndpoints(Array.from({ length: 150 }, () => ({})));
    const { status, body } = await send(api);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "PENDING", matched: 150, queued: 0 });
    expect(body).not.toHaveProperty("messages");
    expect(await api.queue.depth()).toMatchObject({ visible: 2 });
  });
});

describe("retrying an event", () => {
  /** Of an event whose messages could not be made for a week. */
  async function givenUp() {
    let isDown = true;
    const { api, ids } = await withEndpoints([{}, {}], {
      wrapStore: (store) => {
        const insert = store.insert.bind(store);
        store.insert = (message) =>
          isDown ? Promise.reject(new StorageError(false, true, new Error("down"))) : insert(message);
        return store;
      },
    });
    expect((await send(api)).status).toBe(503);
    const { body: list } = await api.call("GET", "/v1/events?senderId=cus_42");
    const [{ eventId }] = list.items;
    api.clock.advance(7 * DAY);
    await reconcile(api.dependencies, "run-1");
    isDown = false;
    return { api, ids, path: `/v1/events/${eventId}` };
  }

  it("makes the messages that are missing, also for who looks after endpoints", async () => {
    const { api, path } = await givenUp();
    const { body: failed } = await api.call("GET", path);
    expect(failed).toMatchObject({ status: "FAILED", failureReason: "EXPANSION_EXHAUSTED", messages: [] });
    const read = await api.createKey("cus_42", ["read"]);
    expect((await api.call("POST", `${path}/retry`, { key: read })).status).toBe(403);
    const foreign = await api.createKey("cus_43", ["send", "endpoints"]);
    expect((await api.call("POST", `${path}/retry`, { key: foreign })).status).toBe(404);
    const key = await api.createKey("cus_42", ["endpoints"]);
    const { status, body } = await api.call("POST", `${path}/retry`, { key });
    expect([status, body.status, body.failureReason]).toEqual([202, "EXPANDED", undefined]);
    expect((await api.call("GET", path)).body.counts).toEqual({ QUEUED: 2 });
    expect(await api.queue.depth()).toMatchObject({ visible: 2 });
    const again = await api.call("POST", `${path}/retry`, { key });
    expect([again.status, again.body.code]).toEqual([409, "CONFLICT"]);
  });

  it("is what a replay of what is missing does, too", async () => {
    const { api, ids, path } = await givenUp();
    const json = { include: "missing", since: "2026-11-22T00:00:00Z" };
    const { body } = await api.call("POST", `/v1/endpoints/${ids[0]}/replay`, { json });
    expect(body).toEqual({ replayed: 1, skipped: 0 });
    expect((await api.call("GET", path)).body.counts).toEqual({ QUEUED: 2 });
  });
});

describe("cancelling an event", () => {
  it("cancels its messages that wait, and tells how many", async () => {
    const { api } = await withEndpoints([{}, {}]);
    const { body } = await send(api);
    const path = `/v1/events/${body.eventId}/cancel`;
    expect((await api.call("POST", path)).body).toEqual({ cancelled: 2, skipped: 0 });
    expect((await api.call("POST", path)).body).toEqual({ cancelled: 0, skipped: 2 });
    const { body: shown } = await api.call("GET", `/v1/events/${body.eventId}`);
    expect(shown.counts).toEqual({ CANCELLED: 2 });
  });
});
