import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, describe, expect, it } from "vitest";
import { HomingError } from "./homing-error.ts";
import { InvalidArgumentError } from "./invalid-argument-error.ts";
import { JsonText } from "./json-text.ts";
import { observedClient } from "./testing/observed-client.ts";

const HOOK = { url: "https://example.com/hook", senderId: "acme" };
const PAID = { senderId: "acme", eventType: "invoice.paid", body: { invoice: 1 } };

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});
const observed = () => observedClient(api.app, { key: OPERATOR_KEY });

it("sends an event to the endpoints that match, and shows it with its deliveries", async () => {
  const { client } = observed();
  const { events, endpoints } = client;
  const billing = await endpoints.create({ ...HOOK, eventTypes: ["invoice.*"] });
  const users = await endpoints.create({ ...HOOK, eventTypes: ["user.*"] });
  const sent = await events.send(PAID);
  expect(sent).toMatchObject({ status: "EXPANDED", matched: 1, duplicate: false });
  const shown = await events.get(sent.eventId, { explain: true });
  expect(shown.messages.map(({ endpointId }) => endpointId)).toEqual([billing.endpointId]);
  expect(shown.notMatched).toEqual([
    { endpointId: users.endpointId, reason: "EVENT_TYPE", changedSince: false },
  ]);
  expect(await events.get(sent.eventId)).not.toHaveProperty("notMatched");
  const delivered = [];
  for await (const { eventId } of client.list({ eventId: sent.eventId })) delivered.push(eventId);
  expect(delivered).toEqual([sent.eventId]);
});

it("tells where an event would go, and stores nothing", async () => {
  const { events, endpoints } = observed().client;
  const { endpointId } = await endpoints.create(HOOK);
  expect(await events.dryRun(PAID)).toMatchObject({ matched: 1, endpointIds: [endpointId] });
  expect((await events.listPage({ senderId: "acme" })).items).toEqual([]);
});

it("lists events, page by page, newest first, and those that went nowhere", async () => {
  const { client, requests } = observed();
  const sent: string[] = [];
  for (let order = 0; order < 101; order += 1) {
    api.clock.advance(1);
    sent.unshift((await client.events.send(PAID)).eventId);
  }
  await client.endpoints.create(HOOK);
  api.clock.advance(1);
  const created = { ...PAID, eventType: "user.created", metadata: { order: "42" } };
  const matched = await client.events.send(created);
  requests.length = 0;
  const idsOf = async (filter: Parameters<typeof client.events.list>[0]) => {
    const ids = [];
    for await (const { eventId } of client.events.list({ senderId: "acme", ...filter })) ids.push(eventId);
    return ids;
  };
  expect(await idsOf({})).toEqual([matched.eventId, ...sent]);
  expect(requests).toHaveLength(2);
  expect(await idsOf({ matched: "none" })).toEqual(sent);
  expect(await idsOf({ eventType: "user.created" })).toEqual([matched.eventId]);
  expect(await idsOf({ metadata: "order=42" })).toEqual([matched.eventId]);
  expect(await idsOf({ since: new Date(api.clock.now()) })).toEqual([matched.eventId]);
});

describe("an event", () => {
  const written = '{"b":1,"2":2,"n":12345678901234567890}';

  it("is sent once under one key, and each call has another", async () => {
    const { client, requests } = observed();
    const first = await client.events.send(PAID, { idempotencyKey: "invoice-1" });
    const again = await client.events.send(PAID, { idempotencyKey: "invoice-1" });
    expect([again.eventId, again.duplicate]).toEqual([first.eventId, true]);
    await client.events.send(PAID);
    await client.events.send(PAID);
    const keys = requests.map(({ headers }) => headers.get("idempotency-key"));
    expect(new Set(keys).size).toBe(3);
  });

  it("is sent as it is written, and answered so", async () => {
    const { client, requests } = observed();
    const { eventId } = await client.events.send({ ...PAID, body: new JsonText(written) });
    expect(await requests[0]?.text()).toContain(`"body":${written}`);
    expect((await client.events.getJson(eventId)).text).toContain(`"body":${written}`);
  });

  it("that cannot be written is not sent", async () => {
    const { client, requests } = observed();
    const event = { ...PAID, body: 1n };
    await expect(client.events.send(event)).rejects.toThrow(InvalidArgumentError);
    await expect(client.events.dryRun(event)).rejects.toThrow(InvalidArgumentError);
    expect(requests).toEqual([]);
  });

  it.each(["send", "dryRun"] as const)("is repeated when the answer is lost: %s", async (verb) => {
    const lost = observedClient(
      { fetch: () => Promise.reject(new TypeError("fetch failed")) },
      { key: OPERATOR_KEY, retries: 2 },
    );
    await expect(lost.client.events[verb](PAID)).rejects.toThrow(HomingError);
    expect(lost.requests).toHaveLength(3);
  });
});

it("brings an endpoint what it has missed, counted first", async () => {
  const { endpoints, events } = observed().client;
  await events.send(PAID);
  await events.send(PAID);
  const { endpointId } = await endpoints.create(HOOK);
  const missing = { include: "missing", since: new Date(api.clock.now() - 60_000) } as const;
  expect(await endpoints.countReplay(endpointId, missing)).toBe(2);
  const stretches = [];
  for await (const { replayed, skipped } of endpoints.replayAll(endpointId, missing))
    stretches.push({ replayed, skipped });
  expect(stretches).toEqual([{ replayed: 2, skipped: 0 }]);
  expect(await endpoints.countReplay(endpointId, missing)).toBe(0);
});

it("sends any number of events, a hundred a call, and answers what became of each", async () => {
  const { client, requests } = observed();
  await client.endpoints.create(HOOK);
  requests.length = 0;
  const batch = Array.from({ length: 130 }, (_, order) => ({
    ...PAID,
    eventType: order === 120 ? "not a type" : PAID.eventType,
    body: new JsonText(`{"order":${order}.0}`),
    idempotencyKey: `order-${order}`,
  }));
  const outcomes = await client.events.sendBatch(batch);
  expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(["/v1/events/batch", "/v1/events/batch"]);
  expect(await requests[0]?.text()).toMatch(/^\{"events":\[\{"body":\{"order":0\.0\},/);
  expect(outcomes.map(({ index, idempotencyKey }) => [index, idempotencyKey])).toEqual(
    batch.map(({ idempotencyKey }, index) => [index, idempotencyKey]),
  );
  const refused = outcomes.flatMap((one) => ("problem" in one ? [[one.index, one.problem.code]] : []));
  expect(refused).toEqual([[120, "VALIDATION_ERROR"]]);
  const [first] = outcomes;
  expect(first && "event" in first && first.event.matched).toBe(1);
  const wrong = client.events.sendBatch([PAID, { ...PAID, body: 1n }]);
  await expect(wrong).rejects.toThrow(/^Event 1 cannot be written as JSON/);
});

it("cancels what is not delivered yet of an event, and once", async () => {
  const { client } = observed();
  await client.endpoints.create(HOOK);
  const { eventId } = await client.events.send(PAID);
  expect(await client.events.cancel(eventId)).toEqual({ cancelled: 1, skipped: 0 });
  expect(await client.events.cancel(eventId)).toEqual({ cancelled: 0, skipped: 1 });
});

it("retries only what has messages missing", async () => {
  const { client } = observed();
  await client.endpoints.create(HOOK);
  const { eventId } = await client.events.send(PAID);
  await expect(client.events.retry(eventId)).rejects.toMatchObject({ code: "CONFLICT", status: 409 });
});
