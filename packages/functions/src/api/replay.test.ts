import { acceptEvents } from "@homing/core/event/accept-event";
import { buildEventPayload } from "@homing/core/testing/build-event";
import { stepOf } from "@homing/core/testing/journey";
import { NOON } from "@homing/core/testing/test-clock";
import { describe, expect, it } from "vitest";
import { createMemoryApi, type MemoryApi, type MemoryApiOptions } from "../testing/memory-api.ts";

const SINCE = new Date(NOON).toISOString();

async function register({ call }: MemoryApi, json: object = {}): Promise<string> {
  const { body } = await call("POST", "/v1/endpoints", {
    json: { senderId: "cus_42", url: "https://example.com/hook", ...json },
  });
  return body.endpointId;
}

async function send({ dependencies, clock }: MemoryApi, eventType = "invoice.paid"): Promise<string> {
  clock.advance(1_000);
  const input = { senderId: "cus_42", eventType, payload: buildEventPayload() };
  const [accepted] = await acceptEvents(dependencies, [{ input, correlationId: "call-1" }]);
  if (!accepted || !("event" in accepted)) throw new Error("not accepted");
  return accepted.event.eventId;
}

const replay = (api: MemoryApi, endpointId: string, json: object = {}, key?: string) =>
  api.call("POST", `/v1/endpoints/${endpointId}/replay`, {
    json: { include: "missing", since: SINCE, ...json },
    key,
  });

const deliveriesTo = async ({ call }: MemoryApi, endpointId: string, query = "") =>
  (await call("GET", `/v1/messages?endpointId=${endpointId}${query}`)).body.items;

describe("a replay", () => {
  it("brings an endpoint that was registered late what it has missed, by stretches if asked", async () => {
    const api = createMemoryApi();
    const events = [await send(api), await send(api), await send(api)];
    await send(api, "user.created");
    const endpointId = await register(api);
    const filter = { eventType: "invoice.paid", limit: 2 };
    const counted = await replay(api, endpointId, { ...filter, dryRun: true });
    expect([counted.status, counted.body]).toEqual([
      200,
      { replayed: 2, skipped: 0, nextCursor: expect.any(String) },
    ]);
    expect(await deliveriesTo(api, endpointId)).toEqual([]);
    const first = await replay(api, endpointId, filter);
    expect(first.body).toEqual({ replayed: 2, skipped: 0, nextCursor: expect.any(String) });
    const second = await replay(api, endpointId, { ...filter, cursor: first.body.nextCursor });
    expect(second.body).toEqual({ replayed: 1, skipped: 0 });
    const brought = await deliveriesTo(api, endpointId, "&status=QUEUED");
    expect(brought.map(({ eventId }: { eventId: string }) => eventId)).toEqual(events.toReversed());
    expect((await replay(api, endpointId, filter)).body).toEqual({ replayed: 0, skipped: 0 });
  });

  it("gives what failed there a new round, by stretches if asked", async () => {
    const api = createMemoryApi();
    const endpointId = await register(api);
    for (let sent = 0; sent < 3; sent += 1) await send(api);
    for (const { messageId } of await deliveriesTo(api, endpointId))
      for (const step of ["claim", "fail"] as const) {
        const message = await api.store.get(messageId);
        if (message) await api.store.apply(messageId, stepOf(step, message));
      }
    const filter = { include: "failed", limit: 2 };
    const first = await replay(api, endpointId, filter);
    expect(first.body).toEqual({ replayed: 2, skipped: 0, nextCursor: expect.any(String) });
    const [youngest] = await deliveriesTo(api, endpointId);
    expect(youngest.status).toBe("FAILED");
    const second = await replay(api, endpointId, { ...filter, cursor: first.body.nextCursor });
    expect(second.body).toEqual({ replayed: 1, skipped: 0 });
    expect(await deliveriesTo(api, endpointId, "&status=QUEUED")).toHaveLength(3);
  });

  it("needs the scope endpoints, and an endpoint that this key may see", async () => {
    const api = createMemoryApi();
    const endpointId = await register(api);
    const statusFor = async (senderId: string, scopes: string[], id = endpointId) =>
      (await replay(api, id, {}, await api.createKey(senderId, scopes))).status;
    expect(await statusFor("cus_42", ["endpoints"])).toBe(200);
    expect(await statusFor("cus_42", ["send", "read"])).toBe(403);
    expect(await statusFor("cus_43", ["endpoints", "operate"])).toBe(404);
    expect(await statusFor("*", ["operate"], "ep_00000000000000000000000000")).toBe(404);
    expect(await statusFor("*", ["operate"], "ep_1")).toBe(404);
    await api.call("DELETE", `/v1/endpoints/${endpointId}`);
    expect(await statusFor("*", ["operate"])).toBe(404);
    const reserved = await register(api, { senderId: "homing.operations" });
    expect(await statusFor("homing.operations", ["endpoints"], reserved)).toBe(403);
  });

  it("is a conflict for a disabled endpoint, which may be counted all the same", async () => {
    const api = createMemoryApi();
    await send(api);
    const endpointId = await register(api, { state: "DISABLED" });
    const { status, body } = await replay(api, endpointId);
    expect([status, body.code, body.retryable]).toEqual([409, "CONFLICT", false]);
    expect((await replay(api, endpointId, { dryRun: true })).body).toEqual({ replayed: 1, skipped: 0 });
  });

  it.each<[string, object, string]>([
    ["nothing to include", { include: undefined }, "include"],
    ["something else to include", { include: "all" }, "include"],
    ["no beginning", { since: undefined }, "since"],
    ["a beginning that is no time", { since: "yesterday" }, "since"],
    ["a pattern of types", { eventType: "invoice.*" }, "eventType"],
    ["a limit of 1,001", { limit: 1_001 }, "limit"],
    ["a cursor that was made elsewhere", { cursor: "W10" }, "cursor"],
    ["an unknown field", { target: "example.com" }, "target"],
  ])("refuses %s", async (_what, json, path) => {
    const api = createMemoryApi();
    const { status, body } = await replay(api, await register(api), json);
    expect([status, body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]]);
  });

  it("refuses the cursor of another request", async () => {
    const api = createMemoryApi();
    for (let sent = 0; sent < 3; sent += 1) await send(api);
    const [endpointId, other] = [await register(api), await register(api)];
    const { nextCursor: cursor } = (await replay(api, endpointId, { limit: 1, dryRun: true })).body;
    for (const json of [{ include: "failed" }, { eventType: "invoice.paid" }])
      expect((await replay(api, endpointId, { ...json, cursor })).status).toBe(400);
    expect((await replay(api, other, { cursor })).status).toBe(400);
    expect((await replay(api, endpointId, { cursor, dryRun: true })).body.replayed).toBe(2);
  });

  it("counts each that it looked at as a request", async () => {
    const options: MemoryApiOptions = { rateLimit: { perSecond: 1, burst: 10 } };
    const api = createMemoryApi(options);
    for (let sent = 0; sent < 15; sent += 1) await send(api);
    const endpointId = await register(api);
    api.clock.advance(60_000);
    expect((await replay(api, endpointId)).body).toEqual({ replayed: 15, skipped: 0 });
    const refused = await replay(api, endpointId);
    // Of 10 tokens 15 are spent: 5 are owed, and a call takes one.
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "6"]);
  });
});
