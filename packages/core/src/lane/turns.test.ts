import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import * as Claims from "../message/claims.ts";
import type { Message } from "../message/message.ts";
import { conditionHolds, perform } from "../message/transition.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { nextToken } from "../testing/tokens.ts";
import { awaitTurn, release, retry, skip } from "./turns.ts";

const DEADLINE = 15 * MINUTE;
const at = (now: number) => ({ now, correlationId: "call-2", token: nextToken() });
const waiting = (over: Partial<Message> = {}) =>
  buildMessage({
    orderingKey: "order-1",
    pendingReason: "WAITING_FOR_PREVIOUS",
    waitsForTurn: true,
    ...over,
  });

function after(transition: ReturnType<typeof skip>, message: Message): Message {
  const next = transition && perform(transition, message);
  if (!next) throw new Error("refused");
  return next;
}

describe("release", () => {
  it("queues what waited, under its number, and leaves nothing of the wait", () => {
    const message = waiting({ inLine: true, revision: 4, dueAt: NOON + 14 * DAY });
    const released = after(release(message, at(NOON + HOUR), DEADLINE, 17), message);
    expect(released).toMatchObject({ status: "QUEUED", sequence: 17, revision: 5, sends: 1 });
    for (const gone of ["waitsForTurn", "inLine", "pendingReason"]) expect(released).not.toHaveProperty(gone);
  });

  it.each([
    ["far", NOON + 14 * DAY, NOON + 5 * MINUTE + DEADLINE],
    ["earlier by more than a minute", NOON, NOON + 5 * MINUTE + DEADLINE],
    ["near enough", NOON + DEADLINE + 4.5 * MINUTE, NOON + DEADLINE + 4.5 * MINUTE],
  ])("brings its dueAt near: %s", (_name, dueAt, expected) => {
    const message = waiting({ dueAt });
    expect(after(release(message, at(NOON + 5 * MINUTE), DEADLINE, 1), message).dueAt).toBe(expected);
  });

  it("brings it near though it is moved away between the reading and this write", () => {
    const message = waiting({ dueAt: NOON + DEADLINE });
    const putOff = after(awaitTurn(message, at(NOON)), message);
    expect(after(release(message, at(NOON), DEADLINE, 1), putOff).dueAt).toBe(NOON + DEADLINE);
  });

  it("is refused of what has moved since it was read, and of what has had its turn", () => {
    const message = waiting();
    const { when } = release(message, at(NOON), DEADLINE, 1);
    expect(conditionHolds(when, message)).toBe(true);
    expect(conditionHolds(when, { ...message, revision: 2 })).toBe(false);
    const { waitsForTurn: _, ...released } = message;
    expect(conditionHolds(when, released)).toBe(false);
  });
});

it("nobody claims what waits for its turn", () => {
  const { when } = Claims.claim(1, at(NOON), MINUTE);
  const message = waiting();
  const { waitsForTurn: _, ...released } = message;
  expect([conditionHolds(when, message), conditionHolds(when, released)]).toEqual([false, true]);
});

describe("awaiting its turn", () => {
  it("moves dueAt to the end of the wait, and nothing else: a release under way is not refused by it", () => {
    const message = waiting();
    const far = after(awaitTurn(message, at(NOON + MINUTE)), message);
    expect(far).toEqual({ ...message, inLine: true, dueAt: NOON + MINUTE + 14 * DAY, writeId: far.writeId });
    expect(conditionHolds(release(message, at(NOON), DEADLINE, 1).when, far)).toBe(true);
  });

  it("ends no later than its deadline", () => {
    const message = waiting({ deliverBy: NOON + DAY });
    expect(after(awaitTurn(message, at(NOON)), message).dueAt).toBe(NOON + DAY);
  });

  it("is done once, and only of what waits", () => {
    expect(awaitTurn(waiting({ inLine: true }), at(NOON))).toBeUndefined();
    expect(awaitTurn(buildMessage({ orderingKey: "order-1" }), at(NOON))).toBeUndefined();
    const message = waiting();
    const { when } = awaitTurn(message, at(NOON)) ?? {};
    expect(when && conditionHolds(when, { ...message, revision: 9 })).toBe(false);
  });
});

describe("a manual retry", () => {
  const failed = (over: Partial<Message> = {}): Message => {
    const {
      dueAt: _,
      pendingReason: __,
      ...message
    } = buildMessage({
      status: "FAILED",
      failureReason: "TARGET_REJECTED",
      orderingKey: "order-1",
      sequence: 17,
      attempt: 3,
      finishedAt: NOON,
      expiresAt: NOON + 30 * DAY,
      ...over,
    });
    return message;
  };

  it("of one that others have passed begins a new round at the end of the line", () => {
    for (const [over, round] of [
      [{}, 1],
      [{ round: 3 }, 4],
      [{ afterFailure: "block", skippedAt: NOON }, 1],
    ] as const) {
      const message = failed({ ...over, inLine: true });
      const retried = after(retry(message, at(NOON), 10), message);
      expect(retried).toMatchObject({
        status: "PENDING",
        pendingReason: "WAITING_FOR_PREVIOUS",
        waitsForTurn: true,
        round,
        attemptLimit: 13,
        dueAt: NOON,
      });
      for (const gone of ["sequence", "skippedAt", "inLine", "expiresAt", "failureReason"])
        expect(retried).not.toHaveProperty(gone);
    }
  });

  it("of one that blocks keeps its place and its number", () => {
    const message = failed({ afterFailure: "block" });
    const retried = after(retry(message, at(NOON), 10), message);
    expect(retried).toMatchObject({ status: "PENDING", pendingReason: "MANUAL_RETRY", sequence: 17 });
    expect(retried).not.toHaveProperty("round");
    expect(retried).not.toHaveProperty("waitsForTurn");
  });

  it("of one that blocks and never had its turn goes on waiting for it", () => {
    const message = failed({ afterFailure: "block", waitsForTurn: true, inLine: true });
    const retried = after(retry(message, at(NOON), 10), message);
    expect(retried).toMatchObject({ pendingReason: "WAITING_FOR_PREVIOUS", waitsForTurn: true });
    expect(retried).not.toHaveProperty("inLine");
    expect(retried).not.toHaveProperty("round");
  });
});

describe("skip", () => {
  const blocking = buildMessage({ status: "FAILED", orderingKey: "order-1", afterFailure: "block" });

  it("leaves it FAILED, and says so in the history", () => {
    const skipped = after(skip(blocking, at(NOON + 5)), blocking);
    expect(skipped).toMatchObject({ status: "FAILED", skippedAt: NOON + 5, revision: 2 });
    expect(skipped.history.at(-1)).toMatchObject({ from: "FAILED", to: "FAILED", reason: "SKIPPED" });
  });

  it.each<[string, Partial<Message>]>([
    ["has not failed", { status: "PENDING" }],
    ["was skipped", { skippedAt: NOON }],
  ])("is not offered for one that %s", (_name, over) => {
    expect(skip({ ...blocking, ...over }, at(NOON))).toBeUndefined();
  });

  it("is not offered for one that nobody waits for", () => {
    const { afterFailure: _, ...passed } = blocking;
    expect(skip(passed, at(NOON))).toBeUndefined();
  });
});
