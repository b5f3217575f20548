import { stepOf } from "@homing/core/testing/journey";
import { createMemoryApi, type MemoryApi, OPERATOR_KEY } from "@homing/functions/testing/memory-api";
import { beforeEach, expect, it } from "vitest";
import { observedClient } from "./testing/observed-client.ts";

const ORDERED = { targetUrl: "https://example.com/hook", senderId: "acme", orderingKey: "order/1" };

let api: MemoryApi;
beforeEach(() => {
  api = createMemoryApi();
});

it("sends in order, tells what holds it up, and skips it", async () => {
  const { client } = observedClient(api.app, { key: OPERATOR_KEY });
  const first = await client.send({ ...ORDERED, afterFailure: "block" });
  const second = await client.send(ORDERED);
  expect([first.status, second.status]).toEqual(["QUEUED", "PENDING"]);
  expect((await client.get(second.messageId)).waitsFor).toEqual({ messageId: first.messageId, ahead: 1 });
  for (const name of ["claim", "fail"] as const) {
    const message = await api.store.get(first.messageId);
    if (message) await api.store.apply(first.messageId, stepOf(name, message));
  }
  const lane = await client.lane("order/1", { senderId: "acme" });
  expect(lane).toMatchObject({ state: "BLOCKED", waiting: 1, head: { messageId: first.messageId } });
  await api.lanes.mark(ORDERED, first.messageId.slice(4), { state: "BLOCKED", since: api.clock.now() });
  const listed = [];
  for await (const one of client.lanes({ senderId: "acme" })) listed.push(one);
  expect(listed).toEqual([await client.lane("order/1", { senderId: "acme" })]);
  expect(await client.skip(first.messageId)).toMatchObject({ status: "FAILED" });
  expect((await client.get(second.messageId)).status).toBe("QUEUED");
  const found = [];
  for await (const { messageId } of client.list({ senderId: "acme", orderingKey: "order/1" }))
    found.push(messageId);
  expect(found.sort()).toEqual([first.messageId, second.messageId].sort());
});
