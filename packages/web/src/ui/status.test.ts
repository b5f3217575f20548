import { describe, expect, it } from "vitest";
import { appearanceOf, waitOf } from "./status.ts";

const NOW = Date.UTC(2026, 10, 22, 1);
const LATER = "2026-11-22T01:00:05.000Z";
const EARLIER = "2026-11-22T00:59:59.000Z";

describe("waiting is one thing, whatever carries it", () => {
  it("for a retry: in the table for long waits, in the queue for short ones", () => {
    const retry = { attemptCount: 1, nextAttemptAt: LATER };
    expect(waitOf({ ...retry, status: "PENDING" }, NOW)).toBe("RETRY");
    expect(waitOf({ ...retry, status: "QUEUED" }, NOW)).toBe("RETRY");
    expect(appearanceOf({ ...retry, status: "QUEUED" }, NOW)).toBe("WAITING");
  });

  it("for the time it is scheduled at", () => {
    const scheduled = { attemptCount: 0, nextAttemptAt: LATER };
    expect(waitOf({ ...scheduled, status: "PENDING" }, NOW)).toBe("SCHEDULED");
    expect(waitOf({ ...scheduled, status: "QUEUED" }, NOW)).toBe("SCHEDULED");
  });

  it("for its endpoint's rate limit: that is no different from any other time", () => {
    const throttled = { status: "PENDING", pendingReason: "THROTTLED", nextAttemptAt: LATER } as const;
    expect(appearanceOf({ ...throttled, attemptCount: 0 }, NOW)).toBe("WAITING");
  });

  it("until its time has come: then it is in the queue, or about to be", () => {
    expect(appearanceOf({ status: "QUEUED", attemptCount: 1, nextAttemptAt: EARLIER }, NOW)).toBe("QUEUED");
    expect(appearanceOf({ status: "PENDING", attemptCount: 0 }, NOW)).toBe("PENDING");
  });

  it("never for one that is held, whenever its next attempt would have been: it waits for a person", () => {
    const held = { status: "PENDING", pendingReason: "ENDPOINT_PAUSED", nextAttemptAt: LATER } as const;
    expect(waitOf({ ...held, attemptCount: 1 }, NOW)).toBeUndefined();
    expect(appearanceOf({ ...held, attemptCount: 1 }, NOW)).toBe("HELD");
    expect(appearanceOf({ ...held, attemptCount: 1, pendingReason: "ENDPOINT_FAILING" }, NOW)).toBe("HELD");
  });

  it("never for one that is with a worker or finished, and a rolled back one is called that", () => {
    expect(waitOf({ status: "PROCESSING", attemptCount: 1, nextAttemptAt: LATER }, NOW)).toBeUndefined();
    expect(
      appearanceOf(
        { status: "PENDING", pendingReason: "SEND_FAILED", attemptCount: 1, nextAttemptAt: LATER },
        NOW,
      ),
    ).toBe("ROLLED_BACK");
  });
});
