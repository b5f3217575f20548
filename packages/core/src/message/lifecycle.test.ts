import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../duration.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import * as Claims from "./claims.ts";
import { take } from "./delivery-lifecycle.ts";
import * as Lifecycle from "./lifecycle.ts";
import { type HistoryReason, listGroupOf, type Message, STATUSES, type Status } from "./message.ts";
import { perform, type TokenAttribute, type Transition } from "./transition.ts";
import { isWithinQueueDelay, queueDeadlineMs } from "./waits.ts";

const DEADLINE = 15 * MINUTE;
const LEASE = MINUTE;
const RETENTION = 30 * DAY;
const AT = { now: NOON, correlationId: "call-2", token: "new-token" };

/** A message that has been through a lot, overdue, its lease over, waiting for a time if it can be. */
function message(status: Status, over: Partial<Message> = {}): Message {
  const open = status === "PENDING" || status === "QUEUED";
  const finished = status === "COMPLETED" || status === "FAILED" || status === "CANCELLED";
  return {
    ...buildMessage({ createdAt: NOON - 5 * HOUR }),
    idempotencyKey: "order 42",
    deliverAt: NOON - 4 * HOUR,
    deliverBy: NOON + 9 * DAY,
    attempt: 3,
    sendId: "send-4",
    claimId: "claim-3",
    writeId: "write-9",
    claimedAt: NOON - 2 * MINUTE,
    sends: 4,
    rollbacks: 2,
    rolledBackAt: NOON - 5 * MINUTE,
    lastErrorCode: "QUEUE_THROTTLED",
    responseStatus: 503,
    orphans: 1,
    revision: 12,
    ...(finished ? { finishedAt: NOON - 1, expiresAt: NOON + DAY } : { dueAt: NOON - 1 }),
    ...(open ? { notBefore: NOON + 10 * MINUTE, sendFailingSince: NOON - 5 * MINUTE } : {}),
    ...(status === "PROCESSING" ? { leaseUntil: NOON - MINUTE } : {}),
    ...(status === "FAILED" ? { failureReason: "TARGET_REJECTED" } : {}),
    status,
    ...over,
  };
}

type Make = (read: Message) => Transition | undefined;

interface Row {
  readonly from: readonly Status[];
  readonly make: Make;
  readonly to: Status;
  readonly reason: HistoryReason;
  readonly writes: Partial<Message>;
  readonly removes?: ReadonlyArray<keyof Message>;
  readonly token?: TokenAttribute;
}

const FINISHED = { finishedAt: NOON, expiresAt: NOON + RETENTION };
const WAITS_FOR_NOTHING = ["dueAt", "notBefore", "leaseUntil", "pendingReason", "sendFailingSince"] as const;

/** The table of the design, row by row. */
const TABLE: Readonly<Record<string, Row>> = {
  enqueue: {
    from: ["PENDING"],
    make: (read) => Lifecycle.enqueue(read, AT, DEADLINE),
    to: "QUEUED",
    reason: "ENQUEUED",
    // Ten minutes of waiting, then a deadline doubled once.
    writes: { sends: 5, dueAt: NOON + 40 * MINUTE },
    removes: ["pendingReason"],
    token: "sendId",
  },
  rollback: {
    from: ["QUEUED"],
    make: (read) => Lifecycle.rollback(read, AT, "send-4", "QUEUE_DENIED"),
    to: "PENDING",
    reason: "SEND_FAILED",
    writes: {
      pendingReason: "SEND_FAILED",
      rolledBackAt: NOON,
      rollbacks: 3,
      lastErrorCode: "QUEUE_DENIED",
      dueAt: NOON + 10 * MINUTE,
    },
  },
  claim: {
    from: ["PENDING", "QUEUED"],
    make: () => Claims.claim(4, { ...AT, correlationId: "call-1" }, LEASE),
    to: "PROCESSING",
    reason: "CLAIMED",
    writes: { attempt: 4, claimedAt: NOON, leaseUntil: NOON + LEASE, orphans: 0 },
    removes: ["notBefore", "pendingReason", "sendFailingSince", "responseStatus"],
    token: "claimId",
  },
  takeOver: {
    from: ["PROCESSING"],
    make: (read) => Claims.takeOver(read, 3, AT, LEASE),
    to: "PROCESSING",
    reason: "CLAIMED",
    writes: { attempt: 4, unknowns: 1, claimedAt: NOON, leaseUntil: NOON + LEASE },
    removes: ["responseStatus"],
    token: "claimId",
  },
  complete: {
    from: ["PROCESSING"],
    make: (read) => Lifecycle.complete(read, AT, "claim-3", RETENTION, { responseStatus: 204 }),
    to: "COMPLETED",
    reason: "DELIVERED",
    writes: { ...FINISHED, responseStatus: 204 },
    removes: WAITS_FOR_NOTHING,
  },
  fail: {
    from: ["PROCESSING"],
    make: (read) =>
      Lifecycle.fail(read, AT, "claim-3", RETENTION, "TARGET_REJECTED", { responseStatus: 410 }),
    to: "FAILED",
    reason: "TARGET_REJECTED",
    writes: { ...FINISHED, failureReason: "TARGET_REJECTED", responseStatus: 410 },
    removes: WAITS_FOR_NOTHING,
  },
  "retry later": {
    from: ["PROCESSING"],
    make: (read) => Lifecycle.retryLater(read, AT, "claim-3", NOON + 2 * HOUR, { responseStatus: 429 }),
    to: "PENDING",
    reason: "RETRY",
    writes: {
      pendingReason: "RETRY",
      notBefore: NOON + 2 * HOUR,
      dueAt: NOON + 2 * HOUR,
      responseStatus: 429,
    },
    removes: ["leaseUntil"],
  },
  "lease over": {
    from: ["PROCESSING"],
    make: (read) => Claims.leaseOver(read, AT, RETENTION, 30 * MINUTE),
    to: "PENDING",
    reason: "LEASE_EXPIRED",
    writes: { pendingReason: "LEASE_EXPIRED", unknowns: 1, dueAt: NOON },
    removes: ["leaseUntil"],
  },
  orphaned: {
    from: ["QUEUED"],
    make: (read) => Lifecycle.orphan(read, AT),
    to: "PENDING",
    reason: "ORPHANED",
    writes: { pendingReason: "ORPHANED", orphans: 2, dueAt: NOON },
    // The queue took this send, or was never asked: the streak of refused ones is over.
    removes: ["sendFailingSince"],
  },
  "give up": {
    from: ["PENDING"],
    make: (read) => Lifecycle.giveUp(read, AT, RETENTION, "SEND_EXHAUSTED"),
    to: "FAILED",
    reason: "SEND_EXHAUSTED",
    writes: { ...FINISHED, failureReason: "SEND_EXHAUSTED" },
    removes: WAITS_FOR_NOTHING,
  },
  "dead letter, after a crash loop": {
    from: ["PENDING", "QUEUED"],
    make: (read) => Lifecycle.deadLetter(read, 4, AT, RETENTION),
    to: "FAILED",
    reason: "DEAD_LETTERED",
    writes: { ...FINISHED, failureReason: "DEAD_LETTERED" },
    removes: WAITS_FOR_NOTHING,
  },
  "dead letter, no fault of the message": {
    from: ["QUEUED"],
    make: (read) => Lifecycle.returnDeadLettered(read, 4, AT),
    to: "PENDING",
    reason: "COPY_DEAD_LETTERED",
    writes: { pendingReason: "COPY_DEAD_LETTERED", dueAt: NOON },
  },
  "send now": {
    from: ["PENDING", "QUEUED"],
    make: (read) => Lifecycle.sendNow(read, AT),
    to: "PENDING",
    reason: "MANUAL_RETRY",
    writes: { pendingReason: "MANUAL_RETRY", dueAt: NOON },
    removes: ["notBefore"],
  },
  "manual retry": {
    from: ["FAILED"],
    make: (read) => Lifecycle.manualRetry(read, AT, 10),
    to: "PENDING",
    reason: "MANUAL_RETRY",
    writes: { pendingReason: "MANUAL_RETRY", attemptLimit: 13, dueAt: NOON, unknowns: 0, orphans: 0 },
    removes: ["expiresAt", "notBefore", "finishedAt", "failureReason", "sendFailingSince"],
  },
  cancel: {
    from: ["PENDING", "QUEUED"],
    make: () => Lifecycle.cancel(AT, RETENTION),
    to: "CANCELLED",
    reason: "CANCELLED",
    writes: FINISHED,
    removes: WAITS_FOR_NOTHING,
  },
};

function tryOn(make: Make, read: Message, stored: Message = read): Message | undefined {
  const transition = make(read);
  return transition && perform(transition, stored);
}

const everyPair = Object.entries(TABLE).flatMap(([name, row]) =>
  STATUSES.map((status) => ({ name, status, row, allowed: row.from.includes(status) })),
);

describe("a transition", () => {
  it.each(everyPair.filter(({ allowed }) => allowed))(
    "$name from $status writes what the table says, and every other attribute survives",
    ({ row, status }) => {
      const before = message(status);
      const expected: Record<string, unknown> = {
        ...before,
        status: row.to,
        updatedAt: NOON,
        revision: 13,
        ...row.writes,
        [row.token ?? "writeId"]: "new-token",
        history: [
          ...before.history,
          {
            at: NOON,
            from: status,
            to: row.to,
            reason: row.reason,
            correlationId: row.token === "claimId" && row.from.includes("PENDING") ? "call-1" : "call-2",
          },
        ],
      };
      for (const attribute of row.removes ?? []) delete expected[attribute];
      expect(tryOn(row.make, before)).toEqual(expected);
    },
  );

  it.each(everyPair.filter(({ allowed }) => !allowed))("$name from $status is refused", ({ row, status }) => {
    expect(tryOn(row.make, message(status))).toBeUndefined();
  });

  it.each(Object.entries(TABLE))(
    "%s is refused once the status it was decided from has changed",
    (_name, row) => {
      for (const from of row.from) {
        const read = message(from);
        for (const status of STATUSES.filter((other) => !row.from.includes(other))) {
          expect(tryOn(row.make, read, { ...read, status })).toBeUndefined();
        }
      }
    },
  );

  it.each(everyPair.filter(({ allowed }) => allowed))(
    "$name from $status leaves a dueAt exactly if the message is unfinished, and no smaller attempt",
    ({ row, status }) => {
      const before = message(status);
      const after = tryOn(row.make, before);
      expect(after?.dueAt !== undefined).toBe(["PENDING", "QUEUED", "PROCESSING"].includes(row.to));
      expect(after?.expiresAt !== undefined).toBe(!["PENDING", "QUEUED", "PROCESSING"].includes(row.to));
      expect(after?.attempt).toBeGreaterThanOrEqual(before.attempt);
    },
  );

  it.each(everyPair.filter(({ allowed }) => allowed))(
    "$name from $status lists the message where its new state belongs",
    ({ row, status }) => {
      for (const before of [message(status), withoutRollback(message(status))]) {
        const transition = row.make(before);
        const after = transition && perform(transition, before);
        expect(transition?.listGroup ?? listGroupOf(before)).toBe(after && listGroupOf(after));
      }
    },
  );
});

function withoutRollback(read: Message): Message {
  const { rolledBackAt: _, ...rest } = read;
  return rest;
}

describe("awaiting a live lease", () => {
  it("moves dueAt to its end and is no transition: no history, no revision", () => {
    const before = message("PROCESSING", { leaseUntil: NOON + 7 });
    expect(tryOn((read) => Claims.awaitLease(read, AT), before)).toEqual({
      ...before,
      dueAt: NOON + 7,
      writeId: "new-token",
    });
  });

  it("is for the claim that was read", () => {
    const read = message("PROCESSING", { leaseUntil: NOON + 7 });
    expect(tryOn((m) => Claims.awaitLease(m, AT), read, { ...read, claimId: "later" })).toBeUndefined();
  });

  it.each(STATUSES.filter((status) => status !== "PROCESSING"))("is nothing for %s", (status) => {
    expect(Claims.awaitLease(message(status), AT)).toBeUndefined();
  });
});

describe("abandoning the lease of a holder that has ended", () => {
  it("ends it now and is no transition: no history, no revision", () => {
    const before = message("PROCESSING", { leaseUntil: NOON + 7 });
    expect(tryOn((read) => Claims.abandonLease(read, AT), before)).toEqual({
      ...before,
      leaseUntil: NOON,
      writeId: "new-token",
    });
  });

  it("is for the claim that was read", () => {
    const read = message("PROCESSING", { leaseUntil: NOON + 7 });
    expect(tryOn((m) => Claims.abandonLease(m, AT), read, { ...read, claimId: "later" })).toBeUndefined();
  });

  it("is nothing for a listener's: that one is no part of the process", () => {
    const held = message("PENDING", { pendingReason: "ENDPOINT_PAUSED", endpointId: "ep_1" });
    const taken = perform(take(held, AT, 7), held) ?? held;
    expect(taken).toMatchObject({ status: "PROCESSING", leaseUntil: NOON + 7, dueAt: NOON + 7 });
    expect(Claims.abandonLease(taken, AT)).toBeUndefined();
  });

  it("ends a worker's, too, of a delivery that is due in the same millisecond as a listener's would be", () => {
    const queued = message("QUEUED", { attempt: 0, dueAt: NOON + 7, endpointId: "ep_1" });
    const claimed = perform(Claims.claim(1, AT, 7), queued) ?? queued;
    expect(claimed).toMatchObject({ status: "PROCESSING", leaseUntil: NOON + 7, dueAt: NOON + 7 });
    expect(Claims.abandonLease(claimed, AT)).toBeDefined();
  });

  it("is nothing for one that is over", () => {
    expect(Claims.abandonLease(message("PROCESSING", { leaseUntil: NOON }), AT)).toBeUndefined();
  });

  it.each(STATUSES.filter((status) => status !== "PROCESSING"))("is nothing for %s", (status) => {
    expect(Claims.abandonLease(message(status), AT)).toBeUndefined();
  });
});

describe("without its guard", () => {
  const queued = (over: Partial<Message> = {}) => message("QUEUED", { attempt: 1, ...over });
  const claim = (copyAttempt: number) => () => Claims.claim(copyAttempt, AT, LEASE);

  it.each(["PENDING", "QUEUED"] as const)(
    "G1: a copy of an attempt that was made would start the next one before its time (%s)",
    (status) => {
      expect(tryOn(claim(1), message(status, { attempt: 1 }))).toBeUndefined();
      expect(tryOn(claim(3), message(status, { attempt: 1 }))).toBeUndefined();
      expect(tryOn(claim(2), message(status, { attempt: 1 }))?.attempt).toBe(2);
    },
  );

  it("G1': a copy that was superseded in a backlog would starve its message", () => {
    expect(tryOn(claim(2), queued({ sendId: "of a later enqueue" }))?.status).toBe("PROCESSING");
  });

  it("G2: a copy whose send was rolled back would be thrown away", () => {
    const rolledBack = tryOn((m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE"), queued());
    expect(rolledBack?.status).toBe("PENDING");
    expect(tryOn(claim(2), rolledBack ?? queued())?.status).toBe("PROCESSING");
  });

  it.each<[string, Make]>([
    ["rollback", (m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE")],
    ["orphaning", (m) => Lifecycle.orphan(m, AT)],
    ["a dead-lettered copy", (m) => Lifecycle.returnDeadLettered(m, 2, AT)],
  ])("G3: %s would forget when the next attempt may start", (_name, make) => {
    const notBefore = NOON + 4 * MINUTE;
    const pending = tryOn(make, queued({ notBefore }));
    expect(pending?.notBefore).toBe(notBefore);
    const again = pending && tryOn((m) => Lifecycle.enqueue(m, AT, DEADLINE), pending);
    expect(again?.notBefore).toBe(notBefore);
  });

  it("G3: a rollback would make a waiting message due before its time", () => {
    const rollback: Make = (m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE");
    expect(tryOn(rollback, queued({ notBefore: NOON + HOUR }))?.dueAt).toBe(NOON + HOUR);
    expect(tryOn(rollback, queued({ notBefore: NOON + 1, rollbacks: 0 }))?.dueAt).toBe(NOON + SECOND);
  });

  it("G4: a delayed copy would be taken for lost while it still waits", () => {
    const waiting = message("PENDING", { notBefore: NOON + 10 * MINUTE, orphans: 0 });
    expect(tryOn((m) => Lifecycle.enqueue(m, AT, DEADLINE), waiting)?.dueAt).toBe(NOON + 25 * MINUTE);
  });

  it("G5: a slow replay would send a message that waits for its retry", () => {
    const read = message("PENDING");
    const since = { ...read, revision: 15 };
    expect(tryOn((m) => Lifecycle.enqueue(m, AT, DEADLINE), read, since)).toBeUndefined();
    expect(tryOn((m) => Lifecycle.giveUp(m, AT, RETENTION, "EXPIRED"), read, since)).toBeUndefined();
    expect(tryOn((m) => Lifecycle.sendNow(m, AT), read, since)).toBeUndefined();
  });

  it("G5: two manual retries at once would both begin a round", () => {
    const read = message("FAILED");
    const since = { ...read, revision: 14 };
    expect(tryOn((m) => Lifecycle.manualRetry(m, AT, 10), read, since)).toBeUndefined();
  });

  it("G6: a slow rollback would undo somebody else's later send", () => {
    const read = queued();
    const rollback: Make = (m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE");
    expect(tryOn(rollback, read, { ...read, sendId: "send-5" })).toBeUndefined();
  });

  it("G7: two enqueues would share the id that guards their rollbacks", () => {
    const first = tryOn((m) => Lifecycle.enqueue(m, { ...AT, token: "one" }, DEADLINE), message("PENDING"));
    const back = first && tryOn((m) => Lifecycle.rollback(m, AT, "one", "QUEUE_UNAVAILABLE"), first);
    const second = back && tryOn((m) => Lifecycle.enqueue(m, { ...AT, token: "two" }, DEADLINE), back);
    expect([first?.sendId, second?.sendId]).toEqual(["one", "two"]);
  });

  it("G8: a second reconciler would undo the first one's fresh send", () => {
    const read = queued();
    expect(tryOn((m) => Lifecycle.orphan(m, AT), read, { ...read, sendId: "send-5" })).toBeUndefined();
  });

  it("G8: a message would be orphaned while its copy may still come", () => {
    expect(Lifecycle.orphan(queued({ dueAt: NOON + 1 }), AT)).toBeUndefined();
    expect(Lifecycle.orphan(queued({ dueAt: NOON }), AT)).toBeDefined();
  });

  it("G9: a slow reconciler would take a later claim", () => {
    const read = message("PROCESSING");
    const leaseOver: Make = (m) => Claims.leaseOver(m, AT, RETENTION, 0);
    expect(tryOn(leaseOver, read, { ...read, claimId: "claim-4" })).toBeUndefined();
  });

  it("G9: a reconciler, or a second copy, would take a live claim", () => {
    const live = message("PROCESSING", { leaseUntil: NOON + 1 });
    const over = message("PROCESSING", { leaseUntil: NOON });
    expect(Claims.leaseOver(live, AT, RETENTION, 0)).toBeUndefined();
    expect(Claims.takeOver(live, 3, AT, LEASE)).toBeUndefined();
    expect(tryOn((m) => Claims.leaseOver(m, AT, RETENTION, 0), over, live)).toBeUndefined();
    expect(tryOn((m) => Claims.takeOver(m, 3, AT, LEASE), over, live)).toBeUndefined();
    expect(tryOn((m) => Claims.leaseOver(m, AT, RETENTION, 0), over)).toBeDefined();
    expect(tryOn((m) => Claims.takeOver(m, 3, AT, LEASE), over)).toBeDefined();
  });

  const outcomes: ReadonlyArray<[string, Make]> = [
    ["complete", (m) => Lifecycle.complete(m, AT, "claim-3", RETENTION)],
    ["fail", (m) => Lifecycle.fail(m, AT, "claim-3", RETENTION, "TARGET_REJECTED")],
    ["retry later", (m) => Lifecycle.retryLater(m, AT, "claim-3", NOON + 1)],
  ];

  it.each(outcomes)(
    "G10: a stalled worker's outcome would decide over a later attempt: %s",
    (_name, make) => {
      expect(tryOn(make, message("PROCESSING", { claimId: "claim-4" }))).toBeUndefined();
    },
  );

  it.each(outcomes)("G11: a finished message would finish again: %s", (_name, make) => {
    for (const status of ["CANCELLED", "COMPLETED", "FAILED"] as const)
      expect(tryOn(make, message(status))).toBeUndefined();
  });

  it("G12: a new round would use an attempt number a second time", () => {
    const retried = tryOn(
      (m) => Lifecycle.manualRetry(m, AT, 5),
      message("FAILED", { attempt: 10, attemptLimit: 10 }),
    );
    expect(retried).toMatchObject({ attempt: 10, attemptLimit: 15 });
    expect(tryOn(claim(11), retried ?? message("FAILED"))?.attempt).toBe(11);
    expect(tryOn(claim(1), retried ?? message("FAILED"))).toBeUndefined();
  });

  it("G14: an old copy in the dead-letter queue would fail a message that has moved on", () => {
    const failed: Make = (m) => Lifecycle.deadLetter(m, 1, AT, RETENTION);
    const returned: Make = (m) => Lifecycle.returnDeadLettered(m, 1, AT);
    expect(tryOn(failed, queued({ attempt: 1 }))).toBeUndefined();
    expect(tryOn(returned, queued({ attempt: 1 }))).toBeUndefined();
    const read = queued({ attempt: 0 });
    expect(tryOn(failed, read, { ...read, revision: 13 })).toBeUndefined();
    expect(tryOn(returned, read, { ...read, revision: 13 })).toBeUndefined();
  });

  it("G15: the winner of a claim could not be told from the loser", () => {
    const won = tryOn(() => Claims.claim(2, { ...AT, token: "mine" }, LEASE), queued());
    expect(won?.claimId).toBe("mine");
    expect(won && tryOn(() => Claims.claim(2, { ...AT, token: "theirs" }, LEASE), won)).toBeUndefined();
  });

  it("G16: a message that crashes its worker would be tried for ever", () => {
    const last = message("PROCESSING", { attempt: 10, attemptLimit: 10 });
    expect(tryOn((m) => Claims.leaseOver(m, AT, RETENTION, 0), last)).toMatchObject({
      status: "FAILED",
      failureReason: "ATTEMPTS_EXHAUSTED",
      unknowns: 1,
      finishedAt: NOON,
      expiresAt: NOON + RETENTION,
    });
    expect(Claims.takeOver(last, 10, AT, LEASE)).toBeUndefined();
    const read = message("PROCESSING", { attempt: 9, attemptLimit: 10 });
    expect(
      tryOn((m) => Claims.takeOver(m, 9, AT, LEASE), read, { ...read, attemptLimit: 9 }),
    ).toBeUndefined();
  });

  it("G16: from the second unknown attempt in a row a crashing message would not wait", () => {
    const second = message("PROCESSING", { unknowns: 1 });
    expect(tryOn((m) => Claims.leaseOver(m, AT, RETENTION, 30 * MINUTE), second)).toMatchObject({
      status: "PENDING",
      unknowns: 2,
      notBefore: NOON + 30 * MINUTE,
      dueAt: NOON + 30 * MINUTE,
    });
    expect(Claims.takeOver(second, 3, AT, LEASE)).toBeUndefined();
  });

  it.each([
    [0, 15 * MINUTE],
    [1, 30 * MINUTE],
    [2, HOUR],
    [4, 4 * HOUR],
    [5, 6 * HOUR],
    [50, 6 * HOUR],
    [5_000, 6 * HOUR],
  ])(
    "G17: a backlog would multiply its copies: after %d orphanings a copy has %d ms",
    (orphans, expected) => {
      expect(queueDeadlineMs(15 * MINUTE, orphans)).toBe(expected);
      const pending = message("PENDING", { orphans, notBefore: NOON });
      expect(tryOn((m) => Lifecycle.enqueue(m, AT, DEADLINE), pending)?.dueAt).toBe(NOON + expected);
    },
  );

  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [7, 128_000],
    [8, 256_000],
    [9, 300_000],
    [2_000, 300_000],
  ])(
    "G17: a failing queue would be asked at full speed: after %d rollbacks the next waits %d ms",
    (rollbacks, ms) => {
      const { notBefore: _, ...read } = queued({ rollbacks });
      expect(tryOn((m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE"), read)?.dueAt).toBe(
        NOON + ms,
      );
    },
  );
});

describe("enqueue and the time by which its copy must be claimed", () => {
  const enqueued = (dueAt: number, base = DEADLINE) => {
    const { notBefore: _, ...pending } = message("PENDING", { orphans: 0, dueAt });
    return tryOn((m) => Lifecycle.enqueue(m, AT, base), pending)?.dueAt;
  };

  it("leaves a dueAt that is right to the minute: moving it costs two write units", () => {
    expect(enqueued(NOON + DEADLINE - MINUTE)).toBe(NOON + DEADLINE - MINUTE);
    expect(enqueued(NOON + DEADLINE - MINUTE - 1)).toBe(NOON + DEADLINE);
  });

  it("never moves it towards now", () => {
    expect(enqueued(NOON + 2 * HOUR)).toBe(NOON + 2 * HOUR);
  });

  it("is less tolerant than the deadline is long, or a copy would be overdue as it becomes visible", () => {
    expect(enqueued(NOON + 30 * SECOND, MINUTE)).toBe(NOON + 30 * SECOND);
    expect(enqueued(NOON + 30 * SECOND - 1, MINUTE)).toBe(NOON + MINUTE);
  });

  it.each([
    [undefined, true],
    [NOON - 1, true],
    [NOON + 900_000, true],
    [NOON + 900_001, false],
  ])("leaves a wait to the queue if it can carry it: until %s", (notBefore, expected) => {
    expect(isWithinQueueDelay(notBefore === undefined ? {} : { notBefore }, NOON)).toBe(expected);
  });
});

describe("details of the table", () => {
  it("a first rollback begins the streak of failed sends, a later one leaves its beginning", () => {
    const { sendFailingSince: _, ...first } = message("QUEUED");
    const rollback: Make = (m) => Lifecycle.rollback(m, AT, "send-4", "QUEUE_UNAVAILABLE");
    expect(tryOn(rollback, first)?.sendFailingSince).toBe(NOON);
    expect(tryOn(rollback, message("QUEUED"))?.sendFailingSince).toBe(NOON - 5 * MINUTE);
  });

  it.each([undefined, NOON - 1, NOON])(
    "nothing is sent now that waits for nothing: notBefore %s",
    (notBefore) => {
      const { notBefore: _, ...pending } = message("PENDING");
      expect(
        Lifecycle.sendNow(notBefore === undefined ? pending : { ...pending, notBefore }, AT),
      ).toBeUndefined();
    },
  );

  it("a copy of another attempt than the running one takes nothing over", () => {
    expect(Claims.takeOver(message("PROCESSING"), 2, AT, LEASE)).toBeUndefined();
    expect(Claims.takeOver(message("PROCESSING"), 4, AT, LEASE)).toBeUndefined();
  });

  it("an outcome that is known ends the streak of unknown ones", () => {
    const third = message("PROCESSING", { unknowns: 2 });
    expect(tryOn((m) => Lifecycle.retryLater(m, AT, "claim-3", NOON + 1), third)?.unknowns).toBe(0);
  });

  it("a first attempt that succeeded is kept in the message", () => {
    const firstAttempt = { number: 1, claimId: "claim-3", outcome: "SUCCEEDED", startedAt: NOON } as const;
    const done = tryOn(
      (m) => Lifecycle.complete(m, AT, "claim-3", RETENTION, { firstAttempt }),
      message("PROCESSING"),
    );
    expect(done?.firstAttempt).toEqual(firstAttempt);
  });
});
