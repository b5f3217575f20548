import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, MINUTE, SECOND } from "../../duration.ts";
import { newEndpointId } from "../../endpoint/endpoint-id.ts";
import { newEventId } from "../../event/event-id.ts";
import * as DeliveryLifecycle from "../../message/delivery-lifecycle.ts";
import { enqueue } from "../../message/lifecycle.ts";
import { type DeliveryMessage, HOLD_REASONS, type HoldReason, type Message } from "../../message/message.ts";
import { shardOf } from "../../message/message-id.ts";
import type { Transition } from "../../message/transition.ts";
import { buildMessage } from "../../testing/build-message.ts";
import { RETENTION_MS, type StepName, stepOf } from "../../testing/journey.ts";
import { nextToken } from "../../testing/tokens.ts";
import type { IndexRow, ListPosition, MessageStore } from "../message-store.ts";
import { type MakeStore, type StoreSubject, take } from "./subject.ts";

async function listAll(store: MessageStore, endpointId: string, limit: number): Promise<IndexRow[]> {
  const rows: IndexRow[] = [];
  let after: ListPosition | undefined;
  for (;;) {
    const page = await store.listHeld(endpointId, limit, after);
    expect(page.length).toBeLessThanOrEqual(limit);
    rows.push(...page);
    after = page.at(-1);
    if (!after) return rows;
  }
}

const rowOf = ({ messageId, createdAt }: Message): IndexRow => ({ messageId, createdAt });

/** How a delivery comes to be held, and how it leaves: to which the index has to follow. */
export function describeHeld(makeStore: MakeStore): void {
  for (const reason of HOLD_REASONS) describeHeldFor(reason, makeStore);
  describeHeldAfterFailure(makeStore);
}

function describeHeldFor(reason: HoldReason, makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  const delivery = (endpointId: string, over: Partial<Message> = {}): DeliveryMessage => {
    const createdAt = over.createdAt ?? subject.clock.now();
    const of = { eventId: newEventId(createdAt), endpointId, eventType: "invoice.paid" };
    return { ...buildMessage({ ...over, createdAt }), ...of };
  };

  /** As an expansion makes it while the endpoint holds its messages. */
  const bornHeld = async (endpointId: string, over: Partial<Message> = {}): Promise<DeliveryMessage> => {
    const message = delivery(endpointId, { pendingReason: reason, ...over });
    await subject.store.insert(message);
    return message;
  };

  const at = ({ updatedAt }: Message) => ({
    now: updatedAt + SECOND,
    correlationId: "at-hold",
    token: nextToken(),
  });

  const holdingBack = (message: DeliveryMessage): Transition =>
    DeliveryLifecycle.hold({ copyAttempt: message.attempt + 1 }, message, at(message), reason);

  const step = (message: Message, name: StepName) => take(subject.store, message, stepOf(name, message));

  describe(`what is held for an endpoint: ${reason}`, () => {
    it("is what was born held, and what a worker has put on hold; nobody else's", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      const born = await bornHeld(endpointId);
      const queued = delivery(endpointId, { createdAt: born.createdAt + 1 });
      await subject.store.insert(queued);
      const sent = (await step(queued, "enqueue")) as DeliveryMessage;
      expect(await subject.store.listHeld(endpointId, 10)).toEqual([rowOf(born)]);
      const held = await take(subject.store, sent, holdingBack(sent));
      expect(held).toMatchObject({ status: "PENDING", pendingReason: reason, attempt: 0 });
      await bornHeld(newEndpointId(subject.clock.now()));
      expect(await subject.store.listHeld(endpointId, 10)).toEqual([born, held].map(rowOf));
      expect(await subject.store.countHeld(endpointId, 10)).toBe(2);
    });

    it("is not held anew by a second copy of its attempt, and shows how it is", async () => {
      const held = await bornHeld(newEndpointId(subject.clock.now()));
      const again = await subject.store.apply(held.messageId, holdingBack(held));
      expect(again).toEqual({ applied: false, message: held });
      const rolledBack = delivery(held.endpointId, { pendingReason: "SEND_FAILED" });
      await subject.store.insert(rolledBack);
      await take(subject.store, rolledBack, holdingBack(rolledBack));
    });

    it("is not what somebody has asked for by hand since the copy was made, nor does that fail with its endpoint", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      const held = await bornHeld(endpointId);
      const asked = (await step(held, "sendNow")) as DeliveryMessage;
      const copy = { copyAttempt: asked.attempt + 1 };
      const failing = DeliveryLifecycle.failDisabled(copy, asked, at(asked), RETENTION_MS);
      for (const stopped of [holdingBack(asked), failing])
        expect(await subject.store.apply(asked.messageId, stopped)).toEqual({
          applied: false,
          message: asked,
        });
      // Of its next attempt nobody has said anything.
      const tried = await step(await step(asked, "claim"), "retryLater");
      await take(subject.store, tried, holdingBack(tried as DeliveryMessage));
    });

    it("stays so when it is held on, due a week later", async () => {
      const held = await bornHeld(newEndpointId(subject.clock.now()));
      const on = await take(subject.store, held, DeliveryLifecycle.holdOn(held, at(held)));
      expect(on).toMatchObject({ dueAt: held.updatedAt + SECOND + 7 * DAY, revision: held.revision + 1 });
      expect(await subject.store.listHeld(held.endpointId, 10)).toEqual([rowOf(held)]);
    });

    const ends: ReadonlyArray<[string, (message: DeliveryMessage) => Transition]> = [
      ["released", (message) => stepOf("enqueue", message)],
      ["claimed by a copy that was under way", (message) => stepOf("claim", message)],
      ["asked for by hand", (message) => stepOf("sendNow", message)],
      ["cancelled", (message) => stepOf("cancel", message)],
      ["given up", (message) => stepOf("giveUp", message)],
      [
        "failed with its endpoint",
        (message) => DeliveryLifecycle.failDisabled(message, message, at(message), RETENTION_MS),
      ],
      [
        "cancelled with its endpoint",
        (message) => DeliveryLifecycle.cancelDeleted(message, at(message), RETENTION_MS),
      ],
    ];

    it.each(ends)("is no longer what was %s", async (_, end) => {
      const held = await bornHeld(newEndpointId(subject.clock.now()));
      await take(subject.store, held, end(held));
      expect(await subject.store.listHeld(held.endpointId, 10)).toEqual([]);
      expect(await subject.store.countHeld(held.endpointId, 10)).toBe(0);
    });

    it("is found among its sender's failed messages once it has failed", async () => {
      const senderId = `sender-${nextToken()}`;
      const held = await bornHeld(newEndpointId(subject.clock.now()), { senderId });
      const query = { groups: [], senderId, failed: true as const, limit: 10 };
      expect(await subject.store.list(query)).toEqual([]);
      await take(subject.store, held, DeliveryLifecycle.failDisabled(held, held, at(held), RETENTION_MS));
      expect(await subject.store.list(query)).toEqual([rowOf(held)]);
    });

    it("comes oldest first from every shard, page by page, without a skip or a repeat", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      const since = subject.clock.now();
      const times = [9, 8, 7, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1, 0];
      const messages = await Promise.all(
        times.map((offset) => bornHeld(endpointId, { createdAt: since + offset })),
      );
      const shards = messages.map(({ messageId }) => shardOf(messageId, subject.store.shards));
      expect(new Set(shards).size).toBeGreaterThan(1);
      const expected = messages
        .map(rowOf)
        .sort((a, b) => a.createdAt - b.createdAt || (a.messageId < b.messageId ? -1 : 1));
      for (const limit of [1, 4, 100])
        expect(await listAll(subject.store, endpointId, limit)).toEqual(expected);
    });

    it("is listed with what was throttled in the rounds that are asked for, in order of age; that is not counted", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      const since = subject.clock.now();
      const throttled = (offset: number, paceRound?: number) =>
        bornHeld(endpointId, {
          createdAt: since + offset,
          pendingReason: "THROTTLED",
          slotAt: since + DAY,
          ...(paceRound === undefined ? {} : { paceRound }),
        });
      const [first, third, second] = [await throttled(0), await throttled(2, 1), await throttled(1, 2)];
      const held = await bornHeld(endpointId, { createdAt: since + 3 });
      const list = (...rounds: readonly number[]) =>
        subject.store.listHeld(endpointId, 10, undefined, rounds);
      expect(await subject.store.listHeld(endpointId, 10)).toEqual([rowOf(held)]);
      expect(await list(0)).toEqual([first, held].map(rowOf));
      expect(await list(0, 1)).toEqual([first, third, held].map(rowOf));
      expect(await list(2, 1, 0)).toEqual([first, second, third, held].map(rowOf));
      expect(await subject.store.listHeld(endpointId, 2, rowOf(first), [0, 1, 2])).toEqual(
        [second, third].map(rowOf),
      );
      expect(await subject.store.countHeld(endpointId, 10)).toBe(1);
    });

    it("has what is given another slot in the round of that, and nowhere once it is sent", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      const queued = delivery(endpointId);
      await subject.store.insert(queued);
      const list = (...rounds: readonly number[]) =>
        subject.store.listHeld(endpointId, 10, undefined, rounds);
      const far = (message: Message) => ({ slotAt: message.updatedAt + DAY });
      const first = await take(
        subject.store,
        queued,
        DeliveryLifecycle.throttle(queued, far(queued), at(queued)),
      );
      expect([await list(0), await list(1)]).toEqual([[rowOf(queued)], []]);
      const again = first as DeliveryMessage;
      const second = (await take(
        subject.store,
        again,
        DeliveryLifecycle.throttle(again, { ...far(again), round: 1 }, at(again), true),
      )) as DeliveryMessage;
      expect(second).toMatchObject({ paceRound: 1, slotAt: again.updatedAt + DAY });
      expect(second).not.toHaveProperty("repaced");
      expect([await list(0), await list(1)]).toEqual([[], [rowOf(queued)]]);
      const sent = await take(
        subject.store,
        second,
        enqueue(second, at(second), 15 * MINUTE, { slotAt: second.updatedAt + SECOND }, true),
      );
      expect(sent).toMatchObject({ status: "QUEUED", slotAt: second.updatedAt + SECOND });
      for (const name of ["notBefore", "paceRound", "repaced"]) expect(sent).not.toHaveProperty(name);
      expect(await list(0, 1)).toEqual([]);
      const copy = { attempt: 1, slotAt: second.updatedAt + SECOND, endpointId };
      const late = DeliveryLifecycle.repace(copy, { ...far(second), round: 2 }, at(sent));
      expect(await take(subject.store, sent, late)).toMatchObject({ paceRound: 2, repaced: true });
      expect([await list(0, 1), await list(2)]).toEqual([[], [rowOf(queued)]]);
    });

    it("is counted, up to a bound", async () => {
      const endpointId = newEndpointId(subject.clock.now());
      expect(await subject.store.countHeld(endpointId, 5)).toBe(0);
      await Promise.all(Array.from({ length: 7 }, () => bornHeld(endpointId)));
      expect(await subject.store.countHeld(endpointId, 100)).toBe(7);
      expect(await subject.store.countHeld(endpointId, 7)).toBe(7);
      expect(await subject.store.countHeld(endpointId, 5)).toBe(5);
    });
  });
}

function describeHeldAfterFailure(makeStore: MakeStore): void {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await makeStore();
  });
  afterAll(() => subject.close?.());

  it("an attempt that fails at an endpoint that holds leaves its message held in its place, and only as it was claimed", async () => {
    const { store, clock } = subject;
    const createdAt = clock.now();
    const endpointId = newEndpointId(createdAt);
    const of = { eventId: newEventId(createdAt), endpointId, eventType: "invoice.paid" };
    const message = { ...buildMessage({ createdAt }), ...of };
    await store.insert(message);
    const claimed = (await take(store, message, stepOf("claim", message))) as DeliveryMessage;
    const now = claimed.updatedAt + SECOND;
    const occasion = () => ({ now, correlationId: "at-hold", token: nextToken() });
    const held = (claimId: string) =>
      DeliveryLifecycle.holdFailed(claimed, occasion(), claimId, now + DAY, { responseStatus: 503 });
    expect(await store.apply(message.messageId, held("another"))).toEqual({
      applied: false,
      message: claimed,
    });
    const after = await take(store, claimed, held(claimed.claimId ?? ""));
    expect(after).toMatchObject({
      status: "PENDING",
      pendingReason: "ENDPOINT_FAILING",
      attempt: 1,
      notBefore: now + DAY,
      dueAt: now + 7 * DAY,
      responseStatus: 503,
    });
    expect(await store.listHeld(endpointId, 10)).toEqual([rowOf(message)]);
    // Once its endpoint is well it has waited for that, not for its own time.
    const sent = await take(store, after, stepOf("enqueue", after));
    expect(sent).not.toHaveProperty("notBefore");
    expect(await store.listHeld(endpointId, 10)).toEqual([]);
  });
}
