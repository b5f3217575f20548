import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { buildEndpoint } from "../testing/build-endpoint.ts";
import { NOON } from "../testing/test-clock.ts";
import { nextToken } from "../testing/tokens.ts";
import { eventAction } from "./due-event.ts";
import { type Event, skippedCount, toExpand } from "./event.ts";
import {
  accept,
  append,
  type EventFacts,
  type EventTransition,
  expanded,
  giveUp,
  performEvent,
  postpone,
  retry,
} from "./event-lifecycle.ts";

const SETTINGS = { queueDeadlineMs: 15 * MINUTE, retentionMs: 30 * DAY };
const RETENTION_MS = SETTINGS.retentionMs;
const FACTS: EventFacts = {
  eventId: "evt_1",
  senderId: "cus_42",
  eventType: "invoice.paid",
  requestHash: "hash",
  correlationId: "call-1",
};

const at = (now: number) => ({ now, token: nextToken() });
const endpoints = (count: number) =>
  Array.from({ length: count }, (_, index) => buildEndpoint({ endpointId: `ep_${index}` }));
const accepted = (count: number): Event =>
  accept(FACTS, { matched: endpoints(count), skipped: [] }, at(NOON), SETTINGS);

/** The event after a transition that has to be possible. */
function after(event: Event, transition: EventTransition | undefined): Event {
  const next = transition && performEvent(transition, event);
  if (!next) throw new Error("The transition is refused.");
  expect(next.dueAt !== undefined).toBe(next.status === "PENDING");
  expect(next.revision).toBe(event.revision + 1);
  return next;
}

describe("an event that is accepted", () => {
  it("is PENDING, due in a minute, with the endpoints it goes to", () => {
    expect(accepted(2)).toEqual({
      ...FACTS,
      createdAt: NOON,
      status: "PENDING",
      revision: 1,
      matched: ["ep_0", "ep_1"],
      skipped: [],
      done: 0,
      tries: 0,
      pendingSince: NOON,
      dueAt: NOON + MINUTE,
      // 30 days, and the retention.
      expiresAt: NOON + 60 * DAY,
      writeId: expect.any(String),
    });
  });

  it("expires at a whole second, as it is stored: what is answered is what is read", () => {
    const event = accept(FACTS, { matched: [], skipped: [] }, at(NOON + 1), SETTINGS);
    expect(event.expiresAt).toBe(NOON + 60 * DAY + SECOND);
  });

  it("is due by the queue's deadline if others are to expand it: with more than 10 endpoints", () => {
    expect(accepted(10).dueAt).toBe(NOON + MINUTE);
    expect(accepted(11).dueAt).toBe(NOON + 15 * MINUTE);
  });

  it("is EXPANDED at once, and due never, if it goes nowhere", () => {
    const event = accepted(0);
    expect(event).toMatchObject({ status: "EXPANDED", expandedAt: NOON, matched: [] });
    expect(event.dueAt).toBeUndefined();
  });

  it("names the first 20 endpoints that it passed over, and counts all of them", () => {
    const skipped = endpoints(21).map(({ endpointId }) => ({
      endpointId,
      reason: "ENDPOINT_DISABLED" as const,
    }));
    const event = accept(FACTS, { matched: [], skipped }, at(NOON), SETTINGS);
    expect(event.skipped).toEqual(skipped.slice(0, 20));
    expect(skippedCount(event)).toBe(21);
    const few = accept(FACTS, { matched: [], skipped: skipped.slice(0, 2) }, at(NOON), SETTINGS);
    expect(skippedCount(few)).toBe(2);
  });
});

describe("an event is EXPANDED", () => {
  it("once all are done, and is due no more", () => {
    const event = accepted(3);
    expect(toExpand(event)).toEqual(["ep_0", "ep_1", "ep_2"]);
    const next = after(event, expanded(event, at(NOON + 1)));
    expect(next).toMatchObject({ status: "EXPANDED", done: 3, expandedAt: NOON + 1 });
    expect(toExpand(next)).toEqual([]);
  });

  it("only as it was read: an endpoint that was added meanwhile has no message yet", () => {
    const read = accepted(1);
    const appended = after(read, append(read, "ep_new", at(NOON + 1), RETENTION_MS));
    expect(performEvent(expanded(read, at(NOON + 2)), appended)).toBeUndefined();
  });

  it("once: a second one of two at the same time changes nothing", () => {
    const read = accepted(1);
    const next = after(read, expanded(read, at(NOON + 1)));
    expect(performEvent(expanded(read, at(NOON + 2)), next)).toBeUndefined();
  });
});

describe("an event that is appended to", () => {
  it("is PENDING again, due in a minute, and begins where it was done", () => {
    const first = accepted(2);
    const done = after(first, expanded(first, at(NOON + 1)));
    const next = after(done, append(done, "ep_new", at(NOON + HOUR), RETENTION_MS));
    expect(next).toMatchObject({ status: "PENDING", dueAt: NOON + HOUR + MINUTE, pendingSince: NOON + HOUR });
    expect(next.expandedAt).toBeUndefined();
    expect(next.matched).toEqual(["ep_0", "ep_1", "ep_new"]);
    // The others' messages may have expired: they are not made again.
    expect(toExpand(next)).toEqual(["ep_new"]);
  });

  it("keeps what is not done yet", () => {
    const event = accepted(2);
    const next = after(event, append(event, "ep_new", at(NOON + 1), RETENTION_MS));
    expect(toExpand(next)).toEqual(["ep_0", "ep_1", "ep_new"]);
    expect(next.pendingSince).toBe(NOON);
  });

  it("never goes to an endpoint twice", () => {
    expect(append(accepted(1), "ep_0", at(NOON), RETENTION_MS)).toBeUndefined();
  });
});

describe("an event that is put off", () => {
  it("is due after the deadline, then after twice as long, and so on up to 6 hours", () => {
    let event = accepted(11);
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      event = after(event, postpone(event, at(NOON), 15 * MINUTE));
      waits.push(((event.dueAt ?? 0) - NOON) / MINUTE);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360]);
    expect(after(event, expanded(event, at(NOON))).tries).toBe(0);
  });
});

describe("expanding is given up", () => {
  it("after a week without an end, not earlier", () => {
    const event = accepted(1);
    expect(eventAction(event, NOON + 7 * DAY - 1)).toBe("expand");
    expect(eventAction(event, NOON + 7 * DAY)).toBe("giveUp");
    expect(after(event, giveUp(event, at(NOON + 7 * DAY)))).toMatchObject({
      status: "FAILED",
      failureReason: "EXPANSION_EXHAUSTED",
    });
  });

  it("counted from the replay of an old event, not from its beginning", () => {
    const first = accepted(1);
    const done = after(first, expanded(first, at(NOON)));
    const replayed = after(done, append(done, "ep_new", at(NOON + 20 * DAY), RETENTION_MS));
    expect(eventAction(replayed, NOON + 21 * DAY)).toBe("expand");
    expect(eventAction(replayed, NOON + 27 * DAY)).toBe("giveUp");
  });
});

describe("an event whose expansion was given up", () => {
  const event = accepted(2);
  const failed = after(event, giveUp(event, at(NOON + 7 * DAY)));

  it("is retried where it was, for another week, due in a minute", () => {
    const now = NOON + 10 * DAY;
    const retried = after(failed, retry(failed, at(now), RETENTION_MS));
    expect(retried).toMatchObject({ status: "PENDING", dueAt: now + MINUTE, tries: 0 });
    expect(retried.failureReason).toBeUndefined();
    expect(toExpand(retried)).toEqual(["ep_0", "ep_1"]);
    expect(eventAction(retried, now + 7 * DAY - 1)).toBe("expand");
    expect(eventAction(retried, now + 7 * DAY)).toBe("giveUp");
    const next = after(retried, expanded(retried, at(now + 1)));
    expect(next).toMatchObject({ status: "EXPANDED", done: 2 });
    // What is replayed to it later has a week of its own.
    const replayed = after(next, append(next, "ep_new", at(NOON + 20 * DAY), RETENTION_MS));
    expect(eventAction(replayed, NOON + 26 * DAY)).toBe("expand");
  });

  it("goes on at all of its endpoints when one is added to it", () => {
    const now = NOON + 10 * DAY;
    const next = after(failed, append(failed, "ep_new", at(now), RETENTION_MS));
    expect(next).toMatchObject({ status: "PENDING", dueAt: now + MINUTE });
    expect(next.failureReason).toBeUndefined();
    expect(toExpand(next)).toEqual(["ep_0", "ep_1", "ep_new"]);
    expect(eventAction(next, now + DAY)).toBe("expand");
  });

  it("is not once that might last until what was made of it is forgotten, and would be made again", () => {
    // Made and delivered at once on the first day, a message is forgotten 30 days later.
    const last = NOON + 23 * DAY - 1;
    expect(retry(failed, at(last), RETENTION_MS)).toBeDefined();
    expect(retry(failed, at(last + 1), RETENTION_MS)).toBeUndefined();
    expect(append(failed, "ep_new", at(last + 1), RETENTION_MS)).toBeUndefined();
    // That day stays the first one however often it is retried.
    const again = after(failed, retry(failed, at(NOON + 8 * DAY), RETENTION_MS));
    const twice = after(again, giveUp(again, at(NOON + 15 * DAY)));
    expect(retry(twice, at(last), RETENTION_MS)).toBeDefined();
    expect(retry(twice, at(last + 1), RETENTION_MS)).toBeUndefined();
  });

  it("is revived by one of two who retry it at once, and no other is", () => {
    const retried = after(failed, retry(failed, at(NOON + 8 * DAY), RETENTION_MS));
    expect(retry(retried, at(NOON + 8 * DAY), RETENTION_MS)).toBeUndefined();
    expect(retry(event, at(NOON + 8 * DAY), RETENTION_MS)).toBeUndefined();
    const other = retry(failed, at(NOON + 8 * DAY), RETENTION_MS);
    expect(other && performEvent(other, retried)).toBeUndefined();
  });
});
