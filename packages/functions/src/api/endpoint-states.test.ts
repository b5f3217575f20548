import { DAY, MINUTE, SECOND } from "@homing/core/duration";
import { reconcile } from "@homing/core/reconcile/reconcile";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi } from "../testing/memory-api.ts";

const ENDPOINT = { senderId: "cus_42", url: "https://example.com/hook" };
const EVENT = { senderId: "cus_42", eventType: "invoice.paid", body: { id: "inv_1" } };

async function withEndpoint(
  over: object = {},
): Promise<{ api: MemoryApi; path: string; endpointId: string }> {
  const api = createMemoryApi();
  const { status, body } = await api.call("POST", "/v1/endpoints", { json: { ...ENDPOINT, ...over } });
  expect(status).toBe(201);
  return { api, path: `/v1/endpoints/${body.endpointId}`, endpointId: body.endpointId };
}

const sendEvent = async ({ call }: MemoryApi): Promise<string> => {
  const { status, body } = await call("POST", "/v1/events", { json: EVENT });
  expect(status).toBe(202);
  return body.messages[0]?.messageId;
};

describe("an endpoint", () => {
  it("is paused, activated and disabled, with who, since when, and any number of times", async () => {
    const { api, path } = await withEndpoint();
    for (const [action, state] of [
      ["pause", "PAUSED"],
      ["activate", "ACTIVE"],
      ["disable", "DISABLED"],
      ["pause", "PAUSED"],
      ["disable", "DISABLED"],
      ["activate", "ACTIVE"],
    ] as const) {
      api.clock.advance(MINUTE);
      const stateSince = new Date(api.clock.now()).toISOString();
      const { status, body } = await api.call("POST", `${path}/${action}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ state, stateReason: "REQUESTED", stateSince });
      api.clock.advance(MINUTE);
      expect((await api.call("POST", `${path}/${action}`)).body).toEqual(body);
    }
  });

  it("may be created paused, and is then found among those that are", async () => {
    const { api, endpointId } = await withEndpoint({ state: "PAUSED" });
    await api.call("POST", "/v1/endpoints", { json: { ...ENDPOINT, state: "DISABLED" } });
    await api.call("POST", "/v1/endpoints", { json: ENDPOINT });
    for (const sender of ["", "&senderId=cus_42"]) {
      const { body } = await api.call("GET", `/v1/endpoints?state=PAUSED${sender}`);
      expect(body.items.map((item: { endpointId: string }) => item.endpointId)).toEqual([endpointId]);
    }
  });

  it("that is paused still matches: its deliveries wait, and say for what", async () => {
    const { api, path } = await withEndpoint({ state: "PAUSED" });
    const { body: event } = await api.call("POST", "/v1/events", { json: EVENT });
    expect(event).toMatchObject({ status: "EXPANDED", matched: 1, skipped: 0, queued: 0 });
    expect(event.messages).toMatchObject([{ status: "PENDING" }]);
    const { body } = await api.call("GET", `/v1/messages/${event.messages[0].messageId}`);
    expect(body).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
      dueAt: new Date(api.clock.now() + 7 * DAY).toISOString(),
    });
    expect(await api.queue.depth()).toMatchObject({ visible: 0 });
    api.clock.advance(SECOND);
    await sendEvent(api);
    expect((await api.call("GET", path)).body.held).toEqual({
      count: 2,
      capped: false,
      oldest: event.createdAt,
    });
  });

  it("shows what is held where it is shown alone, not in lists", async () => {
    const { api, path } = await withEndpoint({ state: "PAUSED" });
    await sendEvent(api);
    const { body } = await api.call("GET", "/v1/endpoints");
    expect(body.items[0]).not.toHaveProperty("held");
    expect((await api.call("GET", path)).body.held).toMatchObject({ count: 1 });
  });

  it("gets what was held once it is activated, by the reconciler's next run", async () => {
    const { api, path } = await withEndpoint({ state: "PAUSED" });
    const messageId = await sendEvent(api);
    await api.call("POST", `${path}/activate`);
    await reconcile(api.dependencies, "run-1");
    expect((await api.call("GET", `/v1/messages/${messageId}`)).body).toMatchObject({ status: "QUEUED" });
    expect(await api.queue.depth()).toMatchObject({ visible: 1 });
    expect((await api.call("GET", path)).body.held).toEqual({ count: 0, capped: false });
  });

  it("that is deleted while it holds messages is not there any more, and its messages are cancelled", async () => {
    const { api, path } = await withEndpoint({ state: "PAUSED" });
    const messageId = await sendEvent(api);
    expect((await api.call("DELETE", path)).body).toMatchObject({ state: "DELETED" });
    expect((await api.call("GET", path)).status).toBe(404);
    for (const action of ["pause", "activate", "disable", "test", "rotate"])
      expect((await api.call("POST", `${path}/${action}`)).status).toBe(404);
    await reconcile(api.dependencies, "run-1");
    const { body } = await api.call("GET", `/v1/messages/${messageId}`);
    expect(body).toMatchObject({ status: "CANCELLED" });
    expect(body.history.at(-1)).toMatchObject({ reason: "ENDPOINT_DELETED" });
  });

  it("needs a key that manages endpoints, of its sender", async () => {
    const { api, path } = await withEndpoint();
    const reader = await api.createKey("cus_42", ["read", "send"]);
    const foreign = await api.createKey("cus_43", ["endpoints"]);
    for (const action of ["pause", "rotate", "test"]) {
      expect((await api.call("POST", `${path}/${action}`, { key: reader })).status, action).toBe(403);
      expect((await api.call("POST", `${path}/${action}`, { key: foreign })).status, action).toBe(404);
    }
  });

  it("that is paused gets a held message which somebody retries by hand", async () => {
    const { api } = await withEndpoint({ state: "PAUSED" });
    const messageId = await sendEvent(api);
    const { status, body } = await api.call("POST", `/v1/messages/${messageId}/retry`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "QUEUED", queued: true });
    const [copy] = api.queue.receive(10);
    expect(JSON.parse(copy?.body ?? "{}")).toMatchObject({ attempt: 1, forced: true });
  });
});

describe("a test of an endpoint", () => {
  it.each(["ACTIVE", "PAUSED", "DISABLED"])(
    "is sent to one that is %s, whatever types it wants",
    async (state) => {
      const { api, path, endpointId } = await withEndpoint({ state, eventTypes: ["a"], channels: ["b"] });
      const { status, body } = await api.call("POST", `${path}/test`);
      expect(status).toBe(202);
      expect(body).toEqual({
        eventId: expect.stringMatching(/^evt_/),
        messageId: expect.stringMatching(/^msg_/),
      });
      const [copy] = api.queue.receive(10);
      expect(JSON.parse(copy?.body ?? "{}")).toMatchObject({
        eventId: body.eventId,
        endpointId,
        eventType: "homing.test",
        forced: true,
      });
      expect((await api.call("GET", `/v1/messages/${body.messageId}`)).body).toMatchObject({
        status: "QUEUED",
      });
    },
  );

  it("goes to no other endpoint, and is an event that can be looked at", async () => {
    const { api, path } = await withEndpoint();
    await api.call("POST", "/v1/endpoints", { json: ENDPOINT });
    const given = { eventType: "invoice.paid", body: { b: 1, a: [2.5, null] } };
    const { body } = await api.call("POST", `${path}/test`, { json: given });
    expect(await api.queue.depth()).toMatchObject({ visible: 1 });
    expect((await api.call("GET", `/v1/events/${body.eventId}`)).body).toMatchObject({
      ...given,
      matched: 1,
    });
  });

  it("is sent as it is written", async () => {
    const { api, path } = await withEndpoint();
    await api.call("POST", `${path}/test`, { text: '{ "body": { "b": 1.0, "a": "\\u00e9" } }' });
    const [copy] = api.queue.receive(10);
    expect(copy?.body).toContain('{"b":1.0,"a":"\\u00e9"}');
  });

  it("is refused with all that is wrong", async () => {
    const { api, path } = await withEndpoint();
    const { status, body } = await api.call("POST", `${path}/test?x=1`, { json: { eventType: " ", y: 1 } });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path).sort()).toEqual(["eventType", "x", "y"]);
  });
});
