import { describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../duration.ts";
import type { Event } from "../event/event.ts";
import { deliveryIdOf } from "../event/event-id.ts";
import { buildEvent } from "../testing/build-event.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { cancelDeleted, failDisabled, hold, spawn, take } from "./delivery-lifecycle.ts";
import { HOLD_REASONS, type Message, type Status } from "./message.ts";
import { perform } from "./transition.ts";

const SETTINGS = { queueDeadlineMs: 15 * MINUTE, attempts: 10 };
const LATER = NOON + 7 * SECOND;
const at = { now: LATER, token: "token-1", correlationId: "run-1" };
const RETENTION_MS = 30 * DAY;
const OWNER = { senderId: "acme", endpointId: "ep_1" };

const event: Event = buildEvent({ correlationId: "call-1", matched: ["ep_1"] });

describe("a delivery begins", () => {
  it("as QUEUED, in one write: its id follows from event and endpoint, its age is the event's", () => {
    expect(spawn(event, "ep_1", undefined, at, SETTINGS)).toEqual({
      messageId: deliveryIdOf(event.eventId, "ep_1"),
      senderId: "acme",
      eventId: event.eventId,
      endpointId: "ep_1",
      eventType: "invoice.paid",
      requestHash: "hash",
      correlationId: "call-1",
      createdAt: NOON,
      status: "QUEUED",
      revision: 1,
      updatedAt: LATER,
      writeId: "token-1",
      sendId: "token-1",
      sends: 1,
      dueAt: LATER + 15 * MINUTE,
      attempt: 0,
      attemptLimit: 10,
      unknowns: 0,
      rollbacks: 0,
      orphans: 0,
      history: [{ at: LATER, from: null, to: "QUEUED", reason: "EXPANDED", correlationId: "call-1" }],
      historyOmitted: 0,
    });
  });

  it("alike whoever expands the event: but for token and times nothing depends on who does", () => {
    const one = spawn(event, "ep_1", undefined, at, SETTINGS);
    const other = spawn(event, "ep_1", undefined, { now: NOON + DAY, token: "token-2" }, SETTINGS);
    const times = { updatedAt: 0, dueAt: 0, history: [], writeId: "", sendId: "" };
    expect({ ...one, ...times }).toEqual({ ...other, ...times });
  });

  it("with a deadline if the event has one", () => {
    expect(spawn({ ...event, deliverBy: NOON + DAY }, "ep_1", undefined, at, SETTINGS).deliverBy).toBe(
      NOON + DAY,
    );
  });

  it.each(HOLD_REASONS)(
    "held, as PENDING, if its endpoint holds (%s): nothing is sent, and it is looked at in a week",
    (reason) => {
      const held = spawn(event, "ep_1", reason, at, SETTINGS);
      expect(held).toMatchObject({
        status: "PENDING",
        pendingReason: reason,
        dueAt: LATER + 7 * DAY,
        sends: 0,
        attempt: 0,
        history: [{ at: LATER, from: null, to: "PENDING", reason }],
      });
      expect(held.sendId).toBeUndefined();
    },
  );

  it.each(HOLD_REASONS)("as QUEUED although it holds (%s) if somebody tries that by hand", (reason) => {
    const forced = spawn({ ...event, forced: true }, "ep_1", reason, at, SETTINGS);
    expect(forced).toMatchObject({ status: "QUEUED", forcedAttempt: 1 });
  });
});

const WAITING: Message = buildMessage({
  ...OWNER,
  status: "QUEUED",
  revision: 5,
  attempt: 2,
  sendId: "send-3",
  notBefore: NOON + MINUTE,
  dueAt: NOON + 16 * MINUTE,
  sendFailingSince: NOON,
});
const STEPS = {
  hold: (untouched: Parameters<typeof hold>[0]) => hold(untouched, OWNER, at, "ENDPOINT_PAUSED"),
  failDisabled: (untouched: Parameters<typeof hold>[0]) => failDisabled(untouched, OWNER, at, RETENTION_MS),
  cancelDeleted: (untouched: Parameters<typeof hold>[0]) => cancelDeleted(untouched, at, RETENTION_MS),
};

describe.each(Object.entries(STEPS))("%s", (_name, step) => {
  it.each<Status>(["QUEUED", "PENDING"])("moves a message that is %s", (status) => {
    expect(perform(step({ copyAttempt: 3 }), { ...WAITING, status })).toBeDefined();
    expect(perform(step({ revision: 5 }), { ...WAITING, status })).toBeDefined();
  });

  it.each<Status>(["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"])(
    "leaves one that is %s alone",
    (status) => {
      expect(perform(step({ copyAttempt: 3 }), { ...WAITING, status })).toBeUndefined();
    },
  );

  it("leaves one alone that has moved on: a copy decides over its own attempt, a reader over what it read", () => {
    expect(perform(step({ copyAttempt: 2 }), WAITING)).toBeUndefined();
    expect(perform(step({ copyAttempt: 4 }), WAITING)).toBeUndefined();
    expect(perform(step({ revision: 4 }), WAITING)).toBeUndefined();
  });

  it("counts no attempt, and tells who did it", () => {
    const after = perform(step({ copyAttempt: 3 }), WAITING);
    expect(after).toMatchObject({ attempt: 2, revision: 6, updatedAt: LATER, writeId: "token-1" });
    expect(after?.history.at(-1)).toMatchObject({ at: LATER, from: "QUEUED", correlationId: "run-1" });
  });
});

describe("a message whose endpoint", () => {
  it("is paused waits for it, looked at in a week; what it waits for besides is kept", () => {
    const held = perform(STEPS.hold({ copyAttempt: 3 }), WAITING);
    expect(held).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_PAUSED",
      notBefore: NOON + MINUTE,
      dueAt: LATER + 7 * DAY,
    });
    // The queue has answered: its streak of failed sends is over.
    expect(held?.sendFailingSince).toBeUndefined();
    expect(held?.history.at(-1)?.reason).toBe("ENDPOINT_PAUSED");
    expect(STEPS.hold({ copyAttempt: 3 }).attention).toBe("ep_1#HELD");
  });

  it("is paused is held once: another copy of the attempt does not begin its 30 days anew", () => {
    const held = perform(STEPS.hold({ copyAttempt: 3 }), WAITING) as Message;
    expect(held.pendingReason).toBe("ENDPOINT_PAUSED");
    const again = { now: LATER + 6 * DAY, token: "token-2", correlationId: "run-2" };
    for (const reason of HOLD_REASONS)
      expect(perform(hold({ copyAttempt: 3 }, OWNER, again, reason), held)).toBeUndefined();
  });

  it.each(["hold", "failDisabled"] as const)(
    "is not active decides nothing over an attempt that somebody has asked for by hand (%s)",
    (name) => {
      const forced = { ...WAITING, forcedAttempt: 3 };
      expect(perform(STEPS[name]({ copyAttempt: 3 }), forced)).toBeUndefined();
      // An earlier attempt was asked for, not this one.
      expect(perform(STEPS[name]({ copyAttempt: 3 }), { ...WAITING, forcedAttempt: 2 })).toBeDefined();
    },
  );

  it("is deleted is CANCELLED although somebody has asked for it by hand", () => {
    expect(perform(STEPS.cancelDeleted({ copyAttempt: 3 }), { ...WAITING, forcedAttempt: 3 })?.status).toBe(
      "CANCELLED",
    );
  });

  it("is disabled is FAILED, listed as such, and due no more", () => {
    const failed = perform(STEPS.failDisabled({ copyAttempt: 3 }), WAITING);
    expect(failed).toMatchObject({
      status: "FAILED",
      failureReason: "ENDPOINT_DISABLED",
      finishedAt: LATER,
      expiresAt: LATER + RETENTION_MS,
    });
    expect(failed).not.toHaveProperty("dueAt");
    expect(failed).not.toHaveProperty("notBefore");
    expect(STEPS.failDisabled({ copyAttempt: 3 })).toMatchObject({
      listGroup: "FAILED",
      attention: "acme#FAILED",
    });
  });

  it("is deleted is CANCELLED, and calls for nobody's attention", () => {
    const cancelled = perform(STEPS.cancelDeleted({ copyAttempt: 3 }), WAITING);
    expect(cancelled).toMatchObject({
      status: "CANCELLED",
      finishedAt: LATER,
      expiresAt: LATER + RETENTION_MS,
    });
    expect(cancelled).not.toHaveProperty("dueAt");
    expect(cancelled?.history.at(-1)).toMatchObject({ to: "CANCELLED", reason: "ENDPOINT_DELETED" });
    expect(STEPS.cancelDeleted({ copyAttempt: 3 })).toMatchObject({
      listGroup: "CANCELLED",
      attention: null,
    });
  });
});

describe("a held message that a listener takes", () => {
  const held = buildMessage({
    status: "PENDING",
    pendingReason: "ENDPOINT_PAUSED",
    attempt: 2,
    revision: 5,
    notBefore: NOON,
    dueAt: NOON + 7 * DAY,
    ...OWNER,
  });

  it("is its own for a lease, and due when that is over", () => {
    const taken = perform(take(held, at, MINUTE), held);
    expect(taken).toMatchObject({
      status: "PROCESSING",
      attempt: 3,
      claimId: "listener-token-1",
      claimedAt: LATER,
      leaseUntil: LATER + MINUTE,
      dueAt: LATER + MINUTE,
      revision: 6,
    });
    expect(taken).not.toHaveProperty("notBefore");
    expect(taken).not.toHaveProperty("pendingReason");
    expect(taken?.history.at(-1)).toMatchObject({ from: "PENDING", to: "PROCESSING", reason: "CLAIMED" });
    expect(take(held, at, MINUTE).attention).toBeNull();
  });

  it("is left alone if it is not as it was read any more", () => {
    expect(perform(take(held, at, MINUTE), { ...held, revision: 6 })).toBeUndefined();
    expect(perform(take(held, at, MINUTE), { ...held, status: "QUEUED" })).toBeUndefined();
  });
});
