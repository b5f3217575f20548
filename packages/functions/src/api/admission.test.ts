/** What a call costs its caller, whatever it is answered. */
import type { MessageStore } from "@homing/core/store/message-store";
import { describe, expect, it } from "vitest";
import { createMemoryApi } from "../testing/memory-api.ts";

const ABSENT = `/v1/messages/msg_${"0".repeat(26)}`;
const BURST = 5;

function limitedApi() {
  let reads = 0;
  const wrapStore = (store: MessageStore): MessageStore => ({
    ...store,
    get: (messageId) => {
      reads += 1;
      return store.get(messageId);
    },
    getDetail: (messageId) => {
      reads += 1;
      return store.getDetail(messageId);
    },
  });
  const api = createMemoryApi({ wrapStore, rateLimit: { perSecond: 1, burst: BURST } });
  return { ...api, reads: () => reads };
}

const ASKS = [
  ["GET", ABSENT],
  ["POST", `${ABSENT}/retry`],
  ["POST", `${ABSENT}/cancel`],
] as const;

describe("a call for a message that is not there, or another sender's", () => {
  it.each(ASKS)("costs a token, and is not looked for without one: %s %s", async (method, path) => {
    const { call, createKey, reads } = limitedApi();
    const key = await createKey("acme", ["send", "read"]);
    const statuses: number[] = [];
    for (let calls = 0; calls < BURST + 3; calls += 1)
      statuses.push((await call(method, path, { key })).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429, 429]);
    expect(reads()).toBe(BURST);
  });

  it("cannot be told from one that is there by a key that may not ask for it", async () => {
    const { call, createKey } = limitedApi();
    const key = await createKey("acme", ["send"]);
    const own = await call("POST", "/v1/messages", { key, json: { targetUrl: "https://example.com/" } });
    expect((await call("GET", ABSENT, { key })).status).toBe(404);
    expect((await call("GET", `/v1/messages/${own.body.messageId}`, { key })).status).toBe(403);
  });

  it("is forbidden rather than limited where both are so", async () => {
    const { call, createKey } = limitedApi();
    const key = await createKey("acme", ["read"]);
    for (let calls = 0; calls < BURST; calls += 1) await call("GET", "/v1/messages", { key });
    expect((await call("POST", `${ABSENT}/retry`, { key })).status).toBe(403);
    expect((await call("GET", ABSENT, { key })).status).toBe(429);
  });

  it("costs nothing if no message can have that id", async () => {
    const { call, createKey, reads } = limitedApi();
    const key = await createKey("acme", ["read"]);
    for (let calls = 0; calls < BURST * 2; calls += 1)
      expect((await call("GET", "/v1/messages/nonsense", { key })).status).toBe(404);
    expect(reads()).toBe(0);
  });
});

describe("a call to revoke a key that is not there", () => {
  it("costs a token too", async () => {
    const { call, createKey } = limitedApi();
    const key = await createKey("acme", ["operate"]);
    const statuses: number[] = [];
    for (let calls = 0; calls < BURST + 1; calls += 1)
      statuses.push((await call("DELETE", "/v1/keys/0000000000", { key })).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
  });
});

describe("whoever operates", () => {
  it("is not locked out by a producer that runs away, of the same sender or with a key of all senders", async () => {
    const { call, createKey } = limitedApi();
    const producers = [await createKey("acme", ["send", "read"]), await createKey("*", ["send", "read"])];
    const operators = [await createKey("acme", ["operate"]), await createKey("*", ["operate"])];
    for (const key of producers) {
      for (let calls = 0; calls < BURST; calls += 1) await call("GET", "/v1/messages", { key });
      expect((await call("GET", "/v1/messages", { key })).status).toBe(429);
    }
    for (const key of operators) expect((await call("GET", "/v1/messages", { key })).status).toBe(200);
  });

  it("has a limit all the same, which says whose it is", async () => {
    const { call, createKey } = limitedApi();
    const [producer, operator] = [await createKey("acme", ["read"]), await createKey("acme", ["operate"])];
    const policies = await Promise.all(
      [producer, operator].map(async (key) =>
        (await call("GET", "/v1/messages", { key })).headers.get("ratelimit"),
      ),
    );
    expect(policies).toEqual(['"sender";r=4;t=0', '"key";r=4;t=0']);
    for (let calls = 1; calls < BURST; calls += 1) await call("GET", "/v1/messages", { key: operator });
    expect((await call("GET", "/v1/messages", { key: operator })).status).toBe(429);
  });

  it("has one limit for all the keys that look after one sender: making more of them does not raise it", async () => {
    const { call, createKey } = limitedApi();
    const [one, other] = [await createKey("acme", ["operate"]), await createKey("acme", ["operate"])];
    for (let calls = 0; calls < BURST; calls += 1) await call("GET", "/v1/messages", { key: one });
    expect((await call("GET", "/v1/messages", { key: other })).status).toBe(429);
  });

  it("shares the producers' limit with no key that only sends or reads: those of one sender have one", async () => {
    const { call, createKey } = limitedApi();
    const [one, other] = [await createKey("acme", ["read"]), await createKey("acme", ["send", "read"])];
    for (let calls = 0; calls < BURST; calls += 1) await call("GET", "/v1/messages", { key: one });
    expect((await call("GET", "/v1/messages", { key: other })).status).toBe(429);
  });
});
