import { acceptEvents } from "@homing/core/event/accept-event";
import type { AcceptedEventInput } from "@homing/core/event/event-input";
import type { ListQuery } from "@homing/core/store/message-store";
import { buildEventPayload } from "@homing/core/testing/build-event";
import { type StepName, stepOf } from "@homing/core/testing/journey";
import { beforeEach, describe, expect, it } from "vitest";
import type { Caller } from "../testing/api-caller.ts";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

let api: MemoryApi;
let call: Caller;
beforeEach(() => {
  api = createMemoryApi();
  call = api.call;
});

const URL = "https://example.com/hook";

async function register(json: object = {}): Promise<string> {
  const { body } = await call("POST", "/v1/endpoints", { json: { senderId: "cus_42", url: URL, ...json } });
  return body.endpointId;
}

/** Accepts an event; answers its id and its messages' by endpoint. */
async function accept(over: Partial<AcceptedEventInput> = {}) {
  const input = { senderId: "cus_42", eventType: "invoice.paid", payload: buildEventPayload(), ...over };
  const [accepted] = await acceptEvents(api.dependencies, [{ input, correlationId: "call-1" }]);
  if (!accepted || !("event" in accepted)) throw new Error("not accepted");
  const messages = new Map(
    accepted.messages.map(({ messageId, endpointId = "" }) => [endpointId, messageId]),
  );
  return {
    eventId: accepted.event.eventId,
    messageTo: (endpointId: string) => messages.get(endpointId) ?? expect.fail("it has no message"),
  };
}

async function move(messageId: string, ...steps: StepName[]): Promise<void> {
  for (const step of steps) {
    const message = await api.store.get(messageId);
    if (!message) throw new Error("The message is gone.");
    await api.store.apply(messageId, stepOf(step, message));
  }
}

const show = async (messageId: string) => (await call("GET", `/v1/messages/${messageId}`)).body;
const listed = async (query = "") => (await call("GET", `/v1/messages?${query}`)).body.items;

describe("the delivery of an event", () => {
  it("is shown with what the event carries and with where its endpoint is, what may be secret masked", async () => {
    const endpointId = await register({ headers: { "X-Api-Key": "hidden", "x-order": "of the endpoint" } });
    const payload = buildEventPayload({
      headers: { "X-Order": "of the event", "X-Token": "hidden", "x-trace": "1" },
      body: '{"total":12345678901234567890.10}',
      metadata: { order: "42" },
    });
    const { eventId, messageTo } = await accept({ payload });
    const messageId = messageTo(endpointId);
    const { text, body } = await call("GET", `/v1/messages/${messageId}`);
    expect(body).toMatchObject({
      messageId,
      eventId,
      endpointId,
      eventType: "invoice.paid",
      senderId: "cus_42",
      targetUrl: URL,
      method: "POST",
      metadata: { order: "42" },
    });
    // Of two headers of one name the endpoint's counts.
    expect(body.headers).toEqual({
      "X-Token": "***",
      "x-trace": "1",
      "X-Api-Key": "***",
      "x-order": "of the endpoint",
    });
    expect(text).toContain('"body":{"total":12345678901234567890.10}');
    const [item] = await listed("senderId=cus_42");
    const { headers: _, body: __, history: ___, attempts: ____, ...rest } = body;
    expect(item).toEqual(rest);
  });

  it("is shown where its endpoint is now; each attempt where it went", async () => {
    const endpointId = await register();
    const { messageTo } = await accept();
    const messageId = messageTo(endpointId);
    const moved = "https://elsewhere.example/hook";
    await call("PATCH", `/v1/endpoints/${endpointId}`, { json: { url: moved } });
    await move(messageId, "claim", "retryLater");
    const message = await api.store.get(messageId);
    await api.store.putAttempt(
      messageId,
      {
        number: 1,
        claimId: message?.claimId ?? "",
        targetUrl: URL,
        outcome: "RETRY",
        startedAt: api.clock.now(),
        responseStatus: 503,
      },
      api.clock.now() + 1_000_000,
    );
    const shown = await show(messageId);
    expect(shown.targetUrl).toBe(moved);
    expect(shown.attempts).toMatchObject([{ number: 1, targetUrl: URL, responseStatus: 503 }]);
    expect((await listed("target=elsewhere.example")).map(idOf)).toEqual([messageId]);
    expect(await listed("target=example.com")).toEqual([]);
  });

  it("has no target once its endpoint is deleted, and says all the rest", async () => {
    const endpointId = await register({ headers: { "x-own": "1" } });
    const { messageTo } = await accept({ payload: buildEventPayload({ metadata: { order: "42" } }) });
    const messageId = messageTo(endpointId);
    await call("DELETE", `/v1/endpoints/${endpointId}`);
    const shown = await show(messageId);
    expect(shown).toMatchObject({
      endpointId,
      method: "POST",
      metadata: { order: "42" },
      body: { order: 42 },
    });
    expect(shown.headers).toEqual({ "X-Order": "42" });
    expect(shown).not.toHaveProperty("targetUrl");
    const [item] = await listed();
    expect(item).toMatchObject({ endpointId, method: "POST", metadata: { order: "42" } });
    expect(item).not.toHaveProperty("targetUrl");
  });

  it("looks the same in its event as in the list, also where its endpoint has moved or is deleted", async () => {
    const [moved, deleted] = [await register(), await register()];
    const { eventId } = await accept({ payload: buildEventPayload({ metadata: { order: "42" } }) });
    await call("PATCH", `/v1/endpoints/${moved}`, { json: { url: "https://elsewhere.example/" } });
    await call("DELETE", `/v1/endpoints/${deleted}`);
    const byId = (a: { messageId: string }, b: { messageId: string }) => (a.messageId < b.messageId ? -1 : 1);
    const { messages } = (await call("GET", `/v1/events/${eventId}`)).body;
    expect(messages.sort(byId)).toEqual((await listed(`eventId=${eventId}`)).sort(byId));
    expect(messages).toHaveLength(2);
  });

  it("stands among messages that name their own target, each with its own", async () => {
    const endpointIds = [await register({ url: "https://one.example/" }), await register()];
    const { messageTo } = await accept({ payload: buildEventPayload({ metadata: { order: "42" } }) });
    const direct = await call("POST", "/v1/messages", {
      json: { senderId: "cus_42", targetUrl: "https://direct.example/", method: "PUT" },
    });
    const shown = new Map((await listed()).map((item: { messageId: string }) => [item.messageId, item]));
    expect(shown.size).toBe(3);
    const [one = "", two = ""] = endpointIds;
    expect(shown.get(messageTo(one))).toMatchObject({
      targetUrl: "https://one.example/",
      metadata: { order: "42" },
    });
    expect(shown.get(messageTo(two))).toMatchObject({ targetUrl: URL, metadata: { order: "42" } });
    const own = shown.get(direct.body.messageId);
    expect(own).toMatchObject({ targetUrl: "https://direct.example/", method: "PUT" });
    for (const name of ["eventId", "endpointId", "eventType"]) expect(own).not.toHaveProperty(name);
  });
});

const idOf = ({ messageId }: { messageId: string }) => messageId;

const ids = async (query: string, key?: string): Promise<string[]> =>
  (await call("GET", `/v1/messages?${query}`, { key })).body.items.map(idOf);

/** All pages. */
async function paged(query: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = "";
  do {
    const { body } = await call("GET", `/v1/messages?${query}${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(2);
    found.push(...body.items.map(idOf));
    cursor = body.nextCursor === undefined ? "" : `&cursor=${body.nextCursor}`;
  } while (cursor !== "");
  return found;
}

describe("a list of deliveries", () => {
  it("is filtered by endpoint, by event and by type, beside all else that lists are filtered by", async () => {
    const [one, two] = [await register(), await register({ url: "https://two.example/" })];
    const paid = await accept();
    api.clock.advance(1_000);
    const sent = await accept({ eventType: "invoice.sent" });
    await call("POST", "/v1/messages", { json: { senderId: "cus_42", targetUrl: URL } });
    await move(paid.messageTo(one), "claim", "fail");
    const cases: Array<[string, string[]]> = [
      [`endpointId=${one}`, [sent.messageTo(one), paid.messageTo(one)]],
      [`endpointId=${two}&senderId=cus_42`, [sent.messageTo(two), paid.messageTo(two)]],
      [`endpointId=${one}&status=FAILED`, [paid.messageTo(one)]],
      [`endpointId=${one}&status=FAILED&senderId=cus_42`, [paid.messageTo(one)]],
      [`endpointId=${two}&status=FAILED&senderId=cus_42`, []],
      [`endpointId=${two}&status=QUEUED`, [sent.messageTo(two), paid.messageTo(two)]],
      [`endpointId=${one}&failureReason=TARGET_REJECTED`, [paid.messageTo(one)]],
      [`endpointId=${one}&eventId=${sent.eventId}`, [sent.messageTo(one)]],
      [`endpointId=${one}&target=two.example`, []],
      [`endpointId=${one}&eventType=invoice.paid`, [paid.messageTo(one)]],
      [`eventId=${paid.eventId}`, [paid.messageTo(one), paid.messageTo(two)].sort().reverse()],
      [`eventId=${paid.eventId}&status=QUEUED`, [paid.messageTo(two)]],
      [`eventId=${paid.eventId}&eventType=invoice.sent`, []],
      [`eventType=invoice.paid&senderId=cus_42&target=two.example`, [paid.messageTo(two)]],
      [`eventType=invoice.paid&senderId=cus_43`, []],
      [`eventType=invoice.p&senderId=cus_42`, []],
      [`endpointId=ep_00000000000000000000000000`, []],
      [`eventId=evt_00000000000000000000000000`, []],
    ];
    for (const [query, expected] of cases) expect(await ids(query), query).toEqual(expected);
  });

  it("looks for what failed at an endpoint among what failed, whoever asks, and among all it got once it is gone", async () => {
    const asked: ListQuery[] = [];
    api = createMemoryApi({
      wrapStore: (store) => ({
        ...store,
        list: (query) => {
          asked.push(query);
          return store.list(query);
        },
      }),
    });
    call = api.call;
    const endpointId = await register();
    const messageId = (await accept()).messageTo(endpointId);
    await move(messageId, "claim", "fail");
    const key = await api.createKey("cus_42", ["read"]);
    for (const caller of [undefined, key]) {
      expect(await ids(`endpointId=${endpointId}&status=FAILED`, caller)).toEqual([messageId]);
      expect(asked.at(-1)).toMatchObject({ senderId: "cus_42", failed: true });
    }
    await call("DELETE", `/v1/endpoints/${endpointId}`);
    api.clock.advance(2 * 3_600_000);
    expect(await ids(`endpointId=${endpointId}&status=FAILED`)).toEqual([messageId]);
    expect(asked.at(-1)).toMatchObject({ endpointId });
  });

  it("ends, page by page, with every one seen once", async () => {
    const endpointIds = [];
    for (let made = 0; made < 5; made += 1)
      endpointIds.push(await register({ url: `https://example.com/${made}` }));
    const events = [await accept(), await accept()];
    const [event] = events;
    const [first = ""] = endpointIds;
    const ofEvent = endpointIds.map((endpointId) => event?.messageTo(endpointId));
    expect(await paged(`eventId=${event?.eventId}&limit=2`)).toEqual(ofEvent.sort().reverse());
    for (let sent = 0; sent < 3; sent += 1) events.push(await accept());
    const toFirst = events.map(({ messageTo }) => messageTo(first));
    expect(await paged(`endpointId=${first}&limit=2`)).toEqual(toFirst.sort().reverse());
  });

  it("asks a type for something to look in: a sender, an endpoint or an event", async () => {
    const refused = await call("GET", "/v1/messages?eventType=invoice.paid");
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, "eventType"]);
    for (const [path, status] of [
      ["retry", "FAILED"],
      ["cancel", "QUEUED"],
    ]) {
      const bulk = await call("POST", `/v1/messages/${path}`, {
        json: { status, eventType: "invoice.paid" },
      });
      expect([bulk.status, bulk.body.errors[0].path]).toEqual([400, "eventType"]);
    }
    // A key of one sender names it by itself.
    const key = await api.createKey("cus_42", ["read"]);
    expect((await call("GET", "/v1/messages?eventType=invoice.paid", { key })).status).toBe(200);
  });

  it.each([
    "endpointId=ep_1",
    "eventId=msg_00000000000000000000000000",
    "eventType=invoice.*",
    "endpointId=",
  ])("refuses %s", async (query) => {
    const { status, body } = await call("GET", `/v1/messages?senderId=acme&${query}`);
    expect([status, body.errors[0].path]).toEqual([400, query.split("=")[0]]);
  });

  it("shows the key of another sender nothing, whatever it asks for", async () => {
    const endpointId = await register();
    const { eventId, messageTo } = await accept();
    await move(messageTo(endpointId), "claim", "fail");
    const foreign = await api.createKey("cus_43", ["read", "operate"]);
    for (const query of [`endpointId=${endpointId}`, `eventId=${eventId}`, "eventType=invoice.paid"])
      for (const more of ["", "&status=FAILED"]) expect(await ids(query + more, foreign)).toEqual([]);
    const json = { status: "FAILED", endpointId };
    expect((await call("POST", "/v1/messages/retry", { key: foreign, json })).body.retried).toBe(0);
    const stats = await call("GET", `/v1/stats?endpointId=${endpointId}`, { key: foreign });
    expect(stats.body.counts).toEqual({
      PENDING: 0,
      QUEUED: 0,
      PROCESSING: 0,
      COMPLETED: 0,
      FAILED: 0,
      CANCELLED: 0,
    });
  });

  it("has a cursor for its own endpoint, event and type alone", async () => {
    const [one, two] = [await register(), await register()];
    await accept();
    await accept();
    const { nextCursor } = (await call("GET", `/v1/messages?endpointId=${one}&limit=1`)).body;
    expect((await call("GET", `/v1/messages?endpointId=${one}&cursor=${nextCursor}`)).status).toBe(200);
    expect((await call("GET", `/v1/messages?endpointId=${two}&cursor=${nextCursor}`)).status).toBe(400);
  });
});

describe("many deliveries", () => {
  it("are retried and cancelled by endpoint, event and type, and no others", async () => {
    const [one, two] = [await register(), await register()];
    const events = [await accept(), await accept({ eventType: "invoice.sent" })];
    const [paid, sent] = events as [(typeof events)[0], (typeof events)[0]];
    for (const { messageTo } of events)
      for (const endpointId of [one, two]) await move(messageTo(endpointId), "claim", "fail");
    const retry = (json: object) =>
      call("POST", "/v1/messages/retry", { json: { status: "FAILED", ...json } }).then(({ body }) => body);
    expect(await retry({ endpointId: one, eventType: "invoice.sent" })).toEqual({ retried: 1, skipped: 0 });
    expect((await show(sent.messageTo(one))).status).toBe("QUEUED");
    expect(await retry({ eventId: paid.eventId, dryRun: true })).toEqual({ matching: 2, skipped: 0 });
    expect(await retry({ eventId: paid.eventId })).toEqual({ retried: 2, skipped: 0 });
    expect(await ids("status=FAILED&senderId=cus_42")).toEqual([sent.messageTo(two)]);
    const cancelled = await call("POST", "/v1/messages/cancel", {
      json: { status: "QUEUED", endpointId: one },
    });
    expect(cancelled.body).toEqual({ cancelled: 2, skipped: 0 });
    expect(await ids(`endpointId=${one}&status=CANCELLED`)).toHaveLength(2);
    expect((await show(paid.messageTo(two))).status).toBe("QUEUED");
  });

  it("may be retried by who looks after endpoints: what goes to them, and nothing else", async () => {
    const endpointId = await register();
    const { messageTo } = await accept();
    const delivery = messageTo(endpointId);
    const { body: direct } = await call("POST", "/v1/messages", {
      json: { senderId: "cus_42", targetUrl: URL },
    });
    for (const messageId of [delivery, direct.messageId]) await move(messageId, "claim", "fail");
    const key = await api.createKey("cus_42", ["endpoints"]);
    const retry = (path: string, json?: object) => call("POST", path, { key, ...(json ? { json } : {}) });

    expect((await retry(`/v1/messages/${direct.messageId}/retry`)).status).toBe(403);
    expect((await retry(`/v1/messages/${delivery}/retry`)).status).toBe(202);
    expect((await retry(`/v1/messages/${delivery}/cancel`)).status).toBe(403);
    await move(delivery, "claim", "fail");
    expect((await retry("/v1/messages/retry", { status: "FAILED" })).status).toBe(403);
    const bulk = await retry("/v1/messages/retry", { status: "FAILED", endpointId });
    expect(bulk.body).toEqual({ retried: 1, skipped: 0 });
    expect((await retry("/v1/messages/cancel", { status: "QUEUED", endpointId })).status).toBe(403);
    expect((await show(direct.messageId)).status).toBe("FAILED");

    const foreign = await api.createKey("cus_43", ["endpoints"]);
    expect((await call("POST", `/v1/messages/${delivery}/retry`, { key: foreign })).status).toBe(404);
    const reader = await api.createKey("cus_42", ["read"]);
    expect((await call("POST", `/v1/messages/${delivery}/retry`, { key: reader })).status).toBe(403);
  });
});

describe("the numbers of an endpoint", () => {
  it("are of what the events of a day have come to there, and of nothing else", async () => {
    const [one, two] = [await register(), await register()];
    const old = await accept();
    await move(old.messageTo(one), "claim", "completeFirst");
    api.clock.advance(24 * 3_600_000 + 1);
    const events = [];
    for (let sent = 0; sent < 4; sent += 1) events.push(await accept());
    for (const { messageTo } of events) await move(messageTo(two), "claim", "fail");
    const [first, second, third] = events;
    await move(first?.messageTo(one) ?? "", "claim", "completeFirst");
    await move(second?.messageTo(one) ?? "", "claim", "fail");
    await move(third?.messageTo(one) ?? "", "claim", "retryLater");
    const { body } = await call("GET", `/v1/stats?endpointId=${one}`);
    expect(body).toMatchObject({
      counts: { PENDING: 1, QUEUED: 1, PROCESSING: 0, COMPLETED: 1, FAILED: 1, CANCELLED: 0 },
      capped: [],
    });
    for (const shared of ["queue", "deadLetters"]) expect(body).not.toHaveProperty(shared);
    expect(body.perMinute.at(-1)).toMatchObject({ accepted: 4, completed: 1, failed: 1, retried: 1 });
    const all = await call("GET", `/v1/stats?endpointId=${one}&senderId=cus_42`);
    expect(all.body).toEqual(body);
  });
});
