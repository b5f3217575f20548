import { describe, expect, it } from "vitest";
import { actionsFor } from "./actions.ts";

const NOW = Date.UTC(2026, 10, 22, 1);
const later = new Date(NOW + 60_000).toISOString();
const earlier = new Date(NOW - 1).toISOString();

describe("what can be done with a message", () => {
  it.each([
    ["FAILED", undefined, { retry: "NEW_ROUND", cancel: false, resolve: true }],
    ["PENDING", later, { retry: "SEND_NOW", cancel: true }],
    ["PENDING", undefined, { retry: "ENQUEUE", cancel: true }],
    ["QUEUED", later, { retry: "SEND_NOW", cancel: true }],
    ["QUEUED", earlier, { cancel: true }],
    ["QUEUED", undefined, { cancel: true }],
    ["PROCESSING", undefined, { cancel: false }],
    ["COMPLETED", undefined, { cancel: false }],
    ["CANCELLED", undefined, { cancel: false }],
  ] as const)("%s with its next attempt at %s", (status, nextAttemptAt, expected) => {
    expect(actionsFor({ status, ...(nextAttemptAt ? { nextAttemptAt } : {}) }, NOW)).toEqual(expected);
  });

  it("one that waits for its turn can be cancelled, and cannot be sent before it", () => {
    const behind = { status: "PENDING", pendingReason: "WAITING_FOR_PREVIOUS" } as const;
    expect(actionsFor(behind, NOW)).toEqual({ cancel: true });
  });

  it("one that failed and blocks its order can be skipped, once, and no other", () => {
    const blocking = { status: "FAILED", afterFailure: "block" } as const;
    expect(actionsFor(blocking, NOW)).toEqual({ retry: "NEW_ROUND", cancel: false, skip: true });
    const others = [
      { ...blocking, skippedAt: earlier },
      { status: "FAILED" } as const,
      { ...blocking, status: "CANCELLED" as const },
    ];
    for (const one of others) expect(actionsFor(one, NOW)).not.toHaveProperty("skip");
  });

  it("a failure is resolved once", () => {
    const resolved = { status: "FAILED", resolvedAt: earlier } as const;
    expect(actionsFor(resolved, NOW)).toEqual({ retry: "NEW_ROUND", cancel: false });
  });

  it("a held one can be delivered although its endpoint is paused, whenever its attempt would have been", () => {
    const held = { status: "PENDING", pendingReason: "ENDPOINT_PAUSED", nextAttemptAt: later } as const;
    expect(actionsFor(held, NOW)).toEqual({ retry: "PAST_PAUSE", cancel: true });
    const behindGate = { ...held, pendingReason: "ENDPOINT_FAILING" } as const;
    expect(actionsFor(behindGate, NOW)).toEqual({ retry: "PAST_GATE", cancel: true });
  });
});
