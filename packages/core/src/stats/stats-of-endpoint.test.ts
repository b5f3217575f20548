import { describe, expect, it } from "vitest";
import { DAY } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { TestSystem } from "../testing/test-system.ts";
import { statsOfEndpoint } from "./stats-of-endpoint.ts";

const ENDPOINT = "ep_01KAMQ6H5T3VX9BBW1C2D3E4F5";

function setUp() {
  const system = new TestSystem();
  const put = (over: Partial<Message> = {}) =>
    system.store.insert(
      buildMessage({ endpointId: ENDPOINT, eventId: "evt_1", eventType: "invoice.paid", ...over }),
    );
  const numbers = (senderId?: string) =>
    statsOfEndpoint({ ...system.deps, settings: system.settings }, ENDPOINT, senderId);
  return { put, numbers };
}

describe("the numbers of an endpoint", () => {
  it("tell how long first attempts took that succeeded", async () => {
    const { put, numbers } = setUp();
    expect(await numbers()).not.toHaveProperty("firstAttempt");
    for (let durationMs = 1; durationMs <= 40; durationMs += 1)
      await put({
        status: "COMPLETED",
        firstAttempt: { number: 1, claimId: "c", outcome: "SUCCEEDED", startedAt: NOON, durationMs },
      });
    await put();
    // Of 40 in order the 20th and the 38th, by the nearest-rank definition.
    expect((await numbers()).firstAttempt).toEqual({ p50Ms: 20, p95Ms: 38 });
  });

  it("tell of the attempt that ended last, whichever message it was of", async () => {
    const { put, numbers } = setUp();
    const ended = (at: number, to: "PENDING" | "COMPLETED", reason: "RETRY" | "DELIVERED") =>
      ({ at, from: "PROCESSING", to, reason, correlationId: "c" }) as const;
    await put();
    expect(await numbers()).not.toHaveProperty("lastAttempt");
    await put({
      messageId: "msg_old",
      createdAt: NOON - 2,
      history: [ended(NOON, "PENDING", "RETRY")],
      responseStatus: 503,
    });
    await put({
      messageId: "msg_new",
      createdAt: NOON - 1,
      history: [ended(NOON - 1, "COMPLETED", "DELIVERED")],
    });
    expect((await numbers()).lastAttempt).toEqual({
      at: NOON,
      outcome: "FAILED",
      messageId: "msg_old",
      responseStatus: 503,
    });
  });

  it("stop at the 1,000 newest of a day, and say so", async () => {
    const { put, numbers } = setUp();
    await put({ createdAt: NOON - DAY - 1, status: "FAILED" });
    await put({ createdAt: NOON - 1, status: "CANCELLED" });
    for (let made = 0; made < 999; made += 1) await put();
    expect(await numbers()).toMatchObject({ counts: { PENDING: 999, CANCELLED: 1, FAILED: 0 }, capped: [] });
    await put();
    const { counts, capped } = await numbers();
    expect(counts).toMatchObject({ PENDING: 1_000, CANCELLED: 0 });
    expect(new Set(capped)).toEqual(
      new Set([
        ...["PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"],
        ...["rolledBack", "oldestOverdueSeconds", "perMinute"],
      ]),
    );
  });

  it("count nothing of another sender's", async () => {
    const { put, numbers } = setUp();
    await put({ senderId: "globex" });
    expect((await numbers("acme")).counts.PENDING).toBe(0);
    expect((await numbers("globex")).counts.PENDING).toBe(1);
  });
});
