/**
 * What everything costs, to the unit. Prices are requests of DynamoDB (a unit is 1 KiB written, or 4 KiB read
 * consistently; a new or changed index entry is written too, a moved one twice). What is expected was counted
 * by hand from the table's definition and each transition; a change of any number here is a change of the bill.
 */
import { beforeAll, describe, expect, inject, test } from "vitest";
import type { AwsUse } from "./aws-meter.ts";
import { newDatabase } from "./client.ts";
import { measureUnits } from "./measure-units.ts";

let uses: Map<string, AwsUse>;
beforeAll(async () => {
  uses = await measureUnits(() => newDatabase(inject("dynamoDbLocalEndpoint")));
});

const use = (name: string): AwsUse => {
  const found = uses.get(name);
  if (!found) throw new Error(`"${name}" was not measured.`);
  return found;
};

describe("one delivered message", () => {
  test.each([
    [1, 11],
    [100, 110],
  ])("with a body of %i KiB costs at most %i write units", (kib, budget) => {
    const units = use(`accept, ${kib} KiB`).writeUnits + use(`deliver, ${kib} KiB`).writeUnits;
    expect(units).toBeLessThanOrEqual(budget);
  });

  test("costs 10 write units if its target answers in few words: the finished item stays below 1 KiB", () => {
    const delivered = use("deliver, 1 KiB, to a target of few words").writeUnits;
    expect(use("accept without an idempotency key, 1 KiB").writeUnits + delivered).toBe(10);
  });

  test("is accepted without a read and in 3 sequential round trips at most", () => {
    expect(use("accept, 1 KiB")).toMatchObject({ reads: 0, readUnits: 0 });
    expect(use("accept, 1 KiB").roundTrips).toBeLessThanOrEqual(3);
    expect(use("accept, 1 KiB, and write the counters").roundTrips).toBeLessThanOrEqual(3);
  });

  test("is delivered without a read and in 3 writes at most, also within a batch", () => {
    expect(use("deliver, 1 KiB").writes).toBeLessThanOrEqual(3);
    expect(use("deliver a batch of 10, 1 KiB each").writes).toBeLessThanOrEqual(30);
    expect(use("deliver a batch of 10, 1 KiB each").reads).toBe(0);
  });
});

describe("one event", () => {
  const ONE = "accept an event, 1 KiB, 1 endpoint";
  const perEndpoint = () => (use("accept an event, 1 KiB, 3 endpoints").writeUnits - use(ONE).writeUnits) / 2;

  test("costs at most 9 write units itself, 5 if it matches nothing, and 9 for each delivery", () => {
    expect(use(ONE).writeUnits - perEndpoint()).toBeLessThanOrEqual(9);
    expect(use("accept an event that matches nothing, 1 KiB").writeUnits).toBeLessThanOrEqual(5);
    expect(perEndpoint() + use("deliver an event, 1 KiB").writeUnits).toBeLessThanOrEqual(9);
  });

  test("is accepted by one read unit and in 4 sequential round trips, whatever the number of endpoints", () => {
    for (const name of [ONE, "accept an event, 1 KiB, 3 endpoints", "accept an event, 100 KiB, 1 endpoint"]) {
      expect(use(name).readUnits).toBe(1);
      expect(use(name).roundTrips).toBe(4);
    }
  });

  test("is delivered without a read as long as its copies are fresh; a large payload is read beside the claim", () => {
    expect(use("deliver an event, 1 KiB")).toMatchObject({ reads: 0, roundTrips: 2 });
    expect(use("deliver an event, 100 KiB")).toMatchObject({ reads: 1, roundTrips: 2 });
  });
});

describe("a rate limit", () => {
  test("costs one write unit and one round trip more where there is one", () => {
    const [plain, limited] = [
      use("accept an event, 1 KiB, 1 endpoint"),
      use("accept an event, 1 KiB, 1 limited endpoint at rest"),
    ];
    expect(limited.writeUnits - plain.writeUnits).toBe(1);
    expect(limited.roundTrips - plain.roundTrips).toBe(1);
  });
});

describe("order", () => {
  test("costs two write units more, without a read, if nobody is before it", () => {
    const accepted = use("accept with an ordering key, 1 KiB, nobody before it");
    const delivered = use("deliver in order, 1 KiB, nobody behind it");
    expect(accepted.writeUnits + delivered.writeUnits).toBe(13);
    expect(accepted.reads + delivered.reads).toBe(0);
  });
});

describe("the cost of", () => {
  /** Write units, read units, writes, reads, refused among the writes, requests to SQS. */
  const TABLE: Record<string, readonly [number, number, number, number, number, number]> = {
    // Its signing secret's generation is read.
    "deliver a sender's first message in a minute": [4, 1, 2, 1, 0, 0],
    "accept, 1 KiB": [7, 0, 3, 0, 0, 1],
    // Claim 1, complete 2 (with the answer that is kept the item is above 1 KiB), out of the due index 1.
    "deliver, 1 KiB": [4, 0, 2, 0, 0, 0],
    "deliver, 1 KiB, to a target of few words": [3, 0, 2, 0, 0, 0],
    "accept, 100 KiB": [106, 0, 3, 0, 0, 1],
    "deliver, 100 KiB": [4, 0, 2, 0, 0, 0],
    // The payloads in one request, the copies too.
    "accept a batch of 10, 1 KiB each": [70, 0, 21, 0, 0, 1],
    "deliver a batch of 10, 1 KiB each": [40, 0, 20, 0, 0, 0],
    // One item of the minute, one of the day.
    "write the counters, at most once a second": [2, 0, 2, 0, 0, 0],
    // The counters while the copy is sent: 7 + 2.
    "accept, 1 KiB, and write the counters": [9, 0, 5, 0, 0, 1],
    "accept without an idempotency key, 1 KiB": [7, 0, 3, 0, 0, 1],
    // Nothing is written again; the payload is looked for, in case the first call died before it was written.
    // AWS takes a unit for the refused put; DynamoDB Local does not say so.
    "accept again with the same key": [0, 1, 1, 1, 1, 0],
    "accept another message with a used key": [0, 0, 1, 0, 1, 0],
    "accept again with the same key once it is delivered": [0, 0, 1, 0, 1, 0],
    // Each payload is a put of its own: only where none is.
    "accept a batch of 10 with keys, 1 KiB each": [70, 0, 30, 0, 0, 1],
    "accept a scheduled message": [6, 0, 2, 0, 0, 0],
    // The rollback moves the message in two indexes: 1 + 2 + 2.
    "accept while the queue refuses: rollback": [12, 0, 4, 0, 0, 1],
    "refuse a message that is not valid": [0, 0, 0, 0, 0, 0],
    // A minute after the last delivery the secret is read again, here and below. Claim 1, attempt 1, retry later 1 + 2 for dueAt, enqueue the same.
    "attempt that is repeated within 15 minutes": [8, 1, 4, 1, 0, 1],
    "attempt that is repeated later": [5, 1, 3, 1, 0, 0],
    // A run reads the due index by 4 shards of messages and of lanes, of endpoints once; then by as many shards again to
    // tell what is overdue, the endpoints that fail (4), and the lanes that stand still (2 × 4): 29. Then the message (1
    // unit) and its payload (1).
    "reconciler sends one whose time has come": [3, 2.5, 1, 31, 0, 1],
    "later attempt that succeeds": [4, 1, 3, 1, 0, 0],
    // Claim 1, attempt 1; fail 1, to another group of the list 2, out of the due index 1, into attention 1.
    "attempt that fails for good": [7, 0, 3, 0, 0, 0],
    // AWS takes half a unit for a query that finds nothing; DynamoDB Local says 0.
    "reconciler finds nothing due": [0, 0, 0, 29, 0, 0],
    "reconciler re-sends one whose copy was lost": [6, 2.5, 2, 31, 0, 1],
    "reconciler sends one that was rolled back": [3, 2.5, 1, 31, 0, 1],
    "attempt whose worker dies": [1, 0, 1, 0, 0, 0],
    "reconciler ends a lease and sends again": [6, 2.5, 2, 31, 0, 1],
    "attempt that takes over from a dead worker": [4, 1, 4, 1, 1, 0],
    "copy of a finished message": [0, 0, 1, 0, 1, 0],
    "dead letter that is returned": [3, 1, 1, 1, 0, 0],
    health: [0, 0, 0, 0, 0, 0],
    ready: [0, 1, 0, 1, 0, 1],
    // Four groups by 4 shards.
    "list, no messages": [0, 0, 0, 16, 0, 0],
    // Lanes too: the oldest that is due, and those that stand still, in two lists.
    "stats, no messages": [0, 0, 0, 40, 0, 2],
    // The message with its attempts, and its payload by its key.
    "show a message, 1 KiB": [0, 2, 0, 2, 0, 0],
    // Its index row 0.5, the message 1, the payload 0.5.
    "list, 1 message": [0, 2, 0, 18, 0, 0],
    "list by sender, 1 message": [0, 2, 0, 6, 0, 0],
    // As any list: of all there is, and the ids alone of what has not the part.
    "list by part of the id, 1 message": [0, 2, 0, 18, 0, 0],
    // First the time that it stands for, then what is newer, then what is older.
    "list by the beginning of the id, 1 message": [0, 2, 0, 50, 0, 0],
    "list by status, none": [0, 0, 0, 4, 0, 0],
    "list what waits, none": [0, 0, 0, 4, 0, 0],
    // Those that somebody has resolved lie apart.
    "list a sender's failed messages, none": [0, 0, 0, 8, 0, 0],
    cancel: [4, 1, 1, 1, 0, 0],
    "cancel a finished message": [0, 1, 1, 1, 1, 0],
    // The payload's life begins anew (2), out of FAILED and of attention, due again (1 + 2 + 1 + 1), enqueued (1 + 2).
    "retry a failed message": [10, 2, 3, 2, 0, 1],
    // Rows in four shards (4 × 0.5), of one more than ten to know whether there are others; the 11 messages (11) and
    // what tells the targets of ten (10 × 0.5).
    "count 10 failed messages that could be retried": [0, 18, 0, 6, 0, 0],
    // The same, the ten payloads (10), and then each as on its own; their copies in one request.
    "retry 10 failed messages in bulk": [100, 28, 30, 16, 0, 1],
    // Rows in four shards (4 × 0.5), the ten messages (10) and what tells their targets (10 × 0.5); then each as on its
    // own, without being read again: itself 1, to another group of the list 2, out of the due index 1.
    "cancel 10 queued messages in bulk": [40, 17, 10, 6, 0, 0],
    "send a waiting message now": [6, 2, 2, 2, 0, 1],
    "stats, 1 open message": [0, 1.5, 0, 41, 0, 2],
    // Lanes that stand still (2 × 4). Its rows in four shards (4 × 0.5), and each message (24): delivered or failed 12, cancelled 11, waiting 1.
    "stats of a sender, 24 messages": [0, 26, 0, 13, 0, 0],
    // Its rows in four shards (4 × 0.5), each message (24) and what tells its target (24 × 0.5); the row of one that failed (0.5).
    "targets of a sender, 24 messages": [0, 38.5, 0, 11, 0, 0],
    // Rows in two lists, the key, the sender; DynamoDB Local counts nothing for the query that finds no keys yet.
    "create a key": [4, 0, 4, 1, 0, 0],
    "list keys, 1 key": [0, 2, 0, 2, 0, 0],
    "first call with a key in a minute (list, none)": [0, 1, 0, 9, 0, 0],
    "next call with it (list, none)": [0, 0, 0, 8, 0, 0],
    // The sender is looked up, so that no slip of the pen is rotated (1), and read to be changed (1).
    "rotate a sender's secret": [1, 2, 1, 2, 0, 0],
    // The key and its two rows; none is there under the name that rows had before.
    "revoke a key": [3, 1, 4, 1, 1, 0],
    // Whose it is 1, the endpoint 1 and its place in the list 1, the version 1; looked for, and its sender's others.
    "create an endpoint": [4, 1, 3, 2, 0, 0],
    // Payload 2, event 1 with its places in list, sender and due 3; EXPANDED 1, out of due 1: 8. Its delivery is born in
    // one write: itself 1, list, sender, due and endpoint 4. The version is read (1), and the endpoints if it is another (1).
    "accept an event after an endpoint was changed, 1 endpoint": [13, 2, 4, 2, 0, 1],
    // Two groups by 4 shards; its index row 0.5, the event 1, its payload 0.5.
    "list events by metadata, 1 event": [0, 2, 0, 10, 0, 0],
    "accept an event, 1 KiB, 1 endpoint": [13, 1, 4, 1, 0, 1],
    // As a message: claim 1, complete 2, out of the due index 1.
    "deliver an event, 1 KiB": [4, 0, 2, 0, 0, 0],
    // Payload 2, event 1 with its places in list and sender 2.
    "accept an event that matches nothing, 1 KiB": [5, 1, 2, 1, 0, 0],
    "accept an event, 100 KiB, 1 endpoint": [112, 1, 4, 1, 0, 1],
    // Its payload does not travel: 101 KiB by 4.
    "deliver an event, 100 KiB": [4, 26, 2, 1, 0, 0],
    // The version, and the message of its answer. Neither payload nor event is written again.
    "accept an event again with the same key": [0, 2, 2, 2, 2, 0],
    // 8 + 3 × 5.
    "accept an event, 1 KiB, 3 endpoints": [23, 1, 6, 1, 0, 1],
    "deliver an event to 3 endpoints": [12, 0, 6, 0, 0, 0],
    // What the copies say of the endpoints is too old: each is read.
    "deliver 3 copies that waited for 21 seconds": [12, 3, 6, 3, 0, 0],
    "attempt at an endpoint that is repeated within 15 minutes": [8, 0, 4, 0, 0, 1],
    "later attempt at an endpoint that succeeds": [4, 0, 3, 0, 0, 0],
    // As of a message, and its endpoint.
    "reconciler sends a delivery that was rolled back": [3, 3.5, 1, 32, 0, 1],
    // Itself 1, into attention 1, the version 1. It is found by its id in two steps; what it holds is counted by 4
    // shards and shown by as many.
    "pause an endpoint": [3, 2, 2, 10, 0, 0],
    // Itself 1, due in days 2, into attention 1.
    "delivery that is put on hold": [4, 1, 1, 1, 0, 0],
    // The event 8; its delivery 5, and into attention 1.
    "accept an event, 1 KiB, 1 paused endpoint": [14, 2, 4, 2, 0, 0],
    // Itself 1, out of attention 1, into the due index 1, the version 1.
    "activate an endpoint": [4, 4, 2, 10, 0, 0],
    // Each: itself 1, due soon 2, out of attention 1. One goes alone, as a probe.
    "reconciler releases 2 held deliveries": [8, 6.5, 2, 37, 0, 2],
    // Itself 1, to another group of the list 2, out of the due index 1, into attention 1.
    "delivery whose endpoint is disabled": [5, 1, 1, 1, 0, 0],
    // As an attempt that fails for good 7; the endpoint 1, into attention 1, the version 1; what operators are told: 1, due 1.
    "attempt that is answered 410, which disables the endpoint": [12, 2, 6, 2, 0, 0],
    // As without a limit 13, and its slot 1; a round trip more.
    "accept an event, 1 KiB, 1 limited endpoint at rest": [14, 1, 5, 1, 0, 1],
    // The same: its delivery is born PENDING, due at its slot, and is not sent. Into attention 1.
    "accept an event, 1 KiB, 1 endpoint beyond its rate limit": [15, 1, 5, 1, 0, 0],
    // Itself 1, due later 2, out of attention 1: it has its slot.
    "reconciler sends a delivery whose slot has come": [4, 3.5, 1, 32, 0, 1],
    // A slot 1; itself 1, due at that 2, into attention 1. What its copy says of the endpoint is too old.
    "copy that comes 2 minutes after its slot, beyond the rate limit": [5, 1, 2, 1, 0, 0],
    // As at a paused endpoint: the event 8, its delivery 5, and into attention 1.
    "accept an event, 1 KiB, 1 endpoint that holds what it gets because it fails": [14, 2, 4, 2, 0, 0],
    // The endpoint, with the time of the next probe: itself 1, due at that 2. The probe: itself 1, due soon 2, out of
    // attention 1. It is one of those that fail: its row 0.5, itself 1.
    "reconciler sends the probe of an endpoint that fails": [7, 5.5, 2, 37, 0, 1],
    // Claimed 1, the attempt 1; held again: itself 1, due in days 2, into attention 1. The endpoint 1, which is
    // read before it is told of the failure.
    "probe that fails": [7, 1, 4, 1, 0, 0],
    // Claimed 1, the attempt 1, completed 2: the item, out of the due index. The endpoint, read again: itself 1, due at once
    // 2, out of attention 1; the version 1.
    "probe that succeeds, which lifts the gate": [9, 1, 5, 1, 0, 0],
    // The join: 7 + 1.
    "accept with an ordering key, 1 KiB, nobody before it": [8, 0, 4, 0, 0, 1],
    // No copy (−1, the mark of it), the head is read, and the lane is due from now on (1 + 1).
    "accept with an ordering key, 1 KiB, behind another": [9, 1, 4, 1, 0, 0],
    // The pass, 4 + 1; then the next is read, with its payload, and released (1).
    "deliver in order, 1 KiB, and release the next": [6, 2, 4, 2, 0, 1],
    "deliver in order, 1 KiB, nobody behind it": [5, 0, 3, 0, 0, 0],
  };

  test("every call and step is what it was when it was counted", () => {
    const measured = [...uses].map(([name, one]) => [
      name,
      [one.writeUnits, one.readUnits, one.writes, one.reads, one.refused, one.sqs],
    ]);
    expect(Object.fromEntries(measured)).toEqual(TABLE);
  });
});
