import { StorageError } from "@homing/core/store/message-store";
import { expect, it } from "vitest";
import { createMemoryApi } from "../testing/memory-api.ts";

const MESSAGE = { targetUrl: "https://example.com/hook" };

it("an answer waits until what it tells of is safe", async () => {
  const safe = Promise.withResolvers<void>();
  const { call } = createMemoryApi({ beginCall: () => () => safe.promise });
  let isAnswered = false;
  const answer = call("POST", "/v1/messages", { json: MESSAGE }).then((response) => {
    isAnswered = true;
    return response;
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  safe.resolve();
  expect((await answer).status).toBe(202);
});

it.each([
  ["nothing of it is stored", false, undefined, true],
  ["some of it may be", true, undefined, false],
  ["some of it may be, under a key", true, "order-1", true],
])("what was undone is a SYSTEM_ERROR, when %s", async (_when, mayHaveTakenEffect, key, retryable) => {
  const undone = async () => {
    throw new StorageError(mayHaveTakenEffect, true, new Error("disk full"), false);
  };
  const { call } = createMemoryApi({ beginCall: () => undone });
  const headers = key === undefined ? {} : { "idempotency-key": key };
  const { status, body, headers: received } = await call("POST", "/v1/messages", { json: MESSAGE, headers });
  expect(status).toBe(503);
  expect(body).toMatchObject({ code: "SYSTEM_ERROR", retryable });
  expect(received.get("retry-after")).toMatch(/^\d+$/);
  expect(received.get("x-correlation-id")).toBe(body.correlationId);
  expect(JSON.stringify(body)).not.toContain("disk");
});
