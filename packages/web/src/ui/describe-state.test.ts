import { describe, expect, it } from "vitest";
import type { MessageItem } from "../api/types.ts";
import { describeState } from "./describe-state.ts";

const LATER = "2026-11-22T01:00:00.000Z";
const item = (changes: Partial<MessageItem>): MessageItem => ({
  messageId: "m",
  status: "PENDING",
  senderId: "acme",
  correlationId: "c",
  createdAt: LATER,
  updatedAt: LATER,
  attemptCount: 0,
  maxAttempts: 10,
  sends: { count: 1, rollbacks: 0 },
  ...changes,
});

describe("a message's state in one line", () => {
  it("rolled back: why the send failed and when it is sent again", () => {
    const rolledBack = item({
      pendingReason: "SEND_FAILED",
      dueAt: LATER,
      sends: { count: 1, rollbacks: 1, lastErrorCode: "QUEUE_DENIED" },
    });
    expect(describeState(rolledBack)).toEqual({
      text: "Not sent; again",
      until: LATER,
      why: "queue refused access",
    });
  });

  it("held: what it waits for, and no countdown, whatever its next attempt would have been", () => {
    const held = item({
      pendingReason: "ENDPOINT_PAUSED",
      attemptCount: 2,
      nextAttemptAt: LATER,
      dueAt: LATER,
    });
    expect(describeState(held)).toEqual({ text: "Held until its endpoint is activated" });
    expect(describeState({ ...held, pendingReason: "ENDPOINT_FAILING" })).toEqual({
      text: "Held until its endpoint is well again",
    });
  });

  it("put off by its endpoint's rate limit: why, and until when", () => {
    const throttled = item({ pendingReason: "THROTTLED", nextAttemptAt: LATER, dueAt: LATER });
    expect(describeState(throttled)).toEqual({
      text: "Waits for its endpoint's rate limit; sent",
      until: LATER,
    });
    // Within a quarter of an hour the queue holds it. Events have no time of their own to be delivered at.
    const inQueue = item({ status: "QUEUED", endpointId: "ep_1", nextAttemptAt: LATER });
    expect(describeState(inQueue)).toEqual(describeState(throttled));
  });

  it("waiting for an attempt: which one, of how many, and when, queued or not", () => {
    const waiting = { attemptCount: 2, nextAttemptAt: LATER };
    expect(describeState(item({ ...waiting, pendingReason: "RETRY" }))).toEqual({
      text: "Retry: attempt 3 of 10",
      until: LATER,
    });
    expect(describeState(item({ ...waiting, status: "QUEUED" }))).toEqual({
      text: "Retry: attempt 3 of 10",
      until: LATER,
    });
    // Its copy was to wait in the queue, which refused it: by its time the queue may long be back.
    expect(describeState(item({ ...waiting, pendingReason: "SEND_FAILED" }))).toEqual({
      text: "Retry: attempt 3 of 10",
      until: LATER,
    });
  });

  it("failed or waiting for a retry: what the target answered last", () => {
    const failed = item({ status: "FAILED", failureReason: "TARGET_REJECTED", responseStatus: 410 });
    expect(describeState(failed)).toEqual({ text: "The target rejected it", why: "answered 410" });
    const retry = item({
      pendingReason: "RETRY",
      attemptCount: 1,
      nextAttemptAt: LATER,
      responseStatus: 503,
    });
    expect(describeState(retry).why).toBe("answered 503");
  });

  it("scheduled: until when, queued or not", () => {
    const scheduled = { attemptCount: 0, nextAttemptAt: LATER };
    expect(describeState(item({ ...scheduled, pendingReason: "SCHEDULED" }))).toEqual({
      text: "Scheduled",
      until: LATER,
    });
    expect(describeState(item({ ...scheduled, status: "QUEUED" }))).toEqual({
      text: "Scheduled",
      until: LATER,
    });
  });

  it("failed: the reason, and the attempts if there were several", () => {
    expect(
      describeState(item({ status: "FAILED", failureReason: "TARGET_REJECTED", attemptCount: 1 })).text,
    ).toBe("The target rejected it");
    expect(
      describeState(item({ status: "FAILED", failureReason: "ATTEMPTS_EXHAUSTED", attemptCount: 10 })).text,
    ).toBe("Every attempt failed (10 attempts)");
  });
});
