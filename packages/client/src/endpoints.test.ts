import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it } from "vitest";
import { HomingError } from "./homing-error.ts";
import { observedClient } from "./testing/observed-client.ts";

const HOOK = { url: "https://example.com/hook", senderId: "acme" };

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});
const observed = () => observedClient(api.app, { key: OPERATOR_KEY });

it("creates an endpoint, shows and changes it, and deletes it", async () => {
  const { endpoints } = observed().client;
  const made = await endpoints.create({ ...HOOK, eventTypes: ["invoice.*"], headers: { "x-shop": "7" } });
  expect(made).toMatchObject({ ...HOOK, eventTypes: ["invoice.*"], state: "ACTIVE" });
  const { endpointId } = made;
  expect(await endpoints.get(endpointId)).toEqual(made);
  const changed = await endpoints.update(endpointId, {
    eventTypes: null,
    description: "billing",
    headers: { "x-region": "eu" },
  });
  expect(changed).toMatchObject({ description: "billing", headers: { "x-shop": "7", "x-region": "eu" } });
  expect(changed).not.toHaveProperty("eventTypes");
  expect(await endpoints.delete(endpointId)).toEqual({ endpointId, state: "DELETED" });
  await expect(endpoints.get(endpointId)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

it("pauses, disables and activates, and shows the secret", async () => {
  const { endpoints } = observed().client;
  const { endpointId } = await endpoints.create(HOOK);
  expect((await endpoints.pause(endpointId)).state).toBe("PAUSED");
  expect((await endpoints.disable(endpointId)).state).toBe("DISABLED");
  expect((await endpoints.activate(endpointId)).state).toBe("ACTIVE");
  expect((await endpoints.secret(endpointId)).secret).toMatch(/^whsec_[\w+/]{43}=$/);
});

it("rotates the secret, and tries the endpoint with an event of its own", async () => {
  const { endpoints, events } = observed().client;
  const { endpointId } = await endpoints.create(HOOK);
  const { secret } = await endpoints.secret(endpointId);
  const rotated = await endpoints.rotate(endpointId, { graceSeconds: 60 });
  expect(rotated.secret).not.toBe(secret);
  expect(rotated.previous.map((one) => one.secret)).toEqual([secret]);
  const { eventId, messageId } = await endpoints.test(endpointId, { eventType: "shop.opened" });
  const { eventType, messages } = await events.get(eventId);
  expect([eventType, messages.map((one) => one.messageId)]).toEqual(["shop.opened", [messageId]]);
});

it.each(["rotate", "test"] as const)("does not repeat a %s that may have been done", async (verb) => {
  const lost = observedClient(
    { fetch: () => Promise.reject(new TypeError("fetch failed")) },
    { key: OPERATOR_KEY },
  );
  await expect(lost.client.endpoints[verb]("ep_1")).rejects.toThrow(HomingError);
  expect(lost.requests).toHaveLength(1);
});

it("lists all that match, page by page, newest first", async () => {
  const { client, requests } = observed();
  const made: string[] = [];
  for (let index = 0; index < 101; index += 1) {
    api.clock.advance(1);
    made.unshift((await client.endpoints.create(HOOK)).endpointId);
  }
  await client.endpoints.disable(made[0] ?? "");
  requests.length = 0;
  const listed = [];
  for await (const { endpointId } of client.endpoints.list({ senderId: "acme" })) listed.push(endpointId);
  expect([listed, requests.length]).toEqual([made, 2]);
  const { items } = await client.endpoints.listPage({ state: "DISABLED", limit: 5 });
  expect(items.map(({ endpointId }) => endpointId)).toEqual([made[0]]);
});

it("makes one endpoint of calls with one key, and gives each call a key of its own", async () => {
  const { client, requests } = observed();
  const options = { idempotencyKey: "acme-billing" };
  const [first, again] = [
    await client.endpoints.create(HOOK, options),
    await client.endpoints.create(HOOK, options),
  ];
  expect(again.endpointId).toBe(first.endpointId);
  await client.endpoints.create(HOOK);
  await client.endpoints.create(HOOK);
  const [, , third, fourth] = requests.map(({ headers }) => headers.get("idempotency-key"));
  expect([third, fourth]).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}$/),
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
  expect(third).not.toBe(fourth);
});

it.each(["create", "update", "delete", "pause", "disable", "activate", "get", "secret"] as const)(
  "%s is repeated when its answer is lost",
  async (verb) => {
    const lost = observedClient(
      { fetch: () => Promise.reject(new TypeError("fetch failed")) },
      { key: OPERATOR_KEY, retries: 2 },
    );
    const { endpoints } = lost.client;
    const calls = {
      create: () => endpoints.create(HOOK),
      update: () => endpoints.update("ep_1", { description: null }),
      delete: () => endpoints.delete("ep_1"),
      pause: () => endpoints.pause("ep_1"),
      disable: () => endpoints.disable("ep_1"),
      activate: () => endpoints.activate("ep_1"),
      get: () => endpoints.get("ep_1"),
      secret: () => endpoints.secret("ep_1"),
    };
    await expect(calls[verb]()).rejects.toThrow(HomingError);
    expect(lost.requests).toHaveLength(3);
  },
);
