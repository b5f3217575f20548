import type { MessageView } from "@homing/functions/api/answers/message";
import { describe, expect, test } from "vitest";
import { drawUp, type Entry } from "./account.ts";

function attempt(number: number, outcome: string, responseStatus?: number) {
  return { number, outcome, ...(responseStatus === undefined ? {} : { responseStatus }) };
}

function entry(parts: {
  readonly message: object;
  readonly answers: readonly number[];
  readonly treatment?: Entry["treatment"];
  readonly messageIds?: readonly string[];
  readonly cancelConfirmed?: boolean;
}): Entry {
  return {
    number: 1,
    treatment: parts.treatment ?? "accept",
    cancelConfirmed: parts.cancelConfirmed ?? false,
    messageIds: parts.messageIds ?? ["msg_1"],
    message: parts.message as MessageView,
    answers: parts.answers,
  };
}

const DELIVERED = { status: "COMPLETED", attemptCount: 1, attempts: [attempt(1, "SUCCEEDED", 200)] };

test("a delivered, a rejected and a cancelled message balance", () => {
  const account = drawUp([
    entry({ message: DELIVERED, answers: [200] }),
    entry({
      treatment: "reject",
      message: { status: "FAILED", attemptCount: 1, attempts: [attempt(1, "FAILED", 404)] },
      answers: [404],
    }),
    entry({
      cancelConfirmed: true,
      message: { status: "CANCELLED", attemptCount: 0, attempts: [] },
      answers: [],
    }),
  ]);
  expect(account).toMatchObject({
    accepted: 3,
    completed: 1,
    failed: 1,
    cancelled: 1,
    open: 0,
    problems: [],
  });
});

test("a second request after a success balances only against an attempt whose success was not heard or not written", () => {
  const twice = { status: "COMPLETED", attemptCount: 2 };
  const explained = drawUp([
    entry({
      message: { ...twice, attempts: [attempt(1, "UNKNOWN"), attempt(2, "SUCCEEDED", 200)] },
      answers: [200, 200],
    }),
  ]);
  expect(explained).toMatchObject({ duplicates: 1, unknown: 1, problems: [] });
  const unwritten = drawUp([
    entry({
      message: { ...twice, attempts: [attempt(1, "SUCCEEDED", 200), attempt(2, "SUCCEEDED", 200)] },
      answers: [200, 200],
    }),
  ]);
  expect(unwritten).toMatchObject({ duplicates: 1, problems: [] });
  const silent = drawUp([
    entry({
      message: { ...twice, attempts: [attempt(1, "RETRY", 503), attempt(2, "SUCCEEDED", 200)] },
      answers: [200, 200],
    }),
  ]);
  expect(silent.problems).toHaveLength(1);
});

test("what is wrong with events themselves is named beside what is wrong with their deliveries", () => {
  const { problems } = drawUp([entry({ message: DELIVERED, answers: [] })], ["event 1: is PENDING"]);
  expect(problems[0]).toBe("event 1: is PENDING");
  expect(problems.length).toBeGreaterThan(1);
});

describe("what does not balance is named", () => {
  const cases: ReadonlyArray<readonly [string, Entry]> = [
    [
      "a message that is still open",
      entry({ message: { ...DELIVERED, status: "QUEUED", dueAt: "soon" }, answers: [200] }),
    ],
    ["a completed message that the target never took", entry({ message: DELIVERED, answers: [] })],
    ["a request that no attempt accounts for", entry({ message: DELIVERED, answers: [503, 200] })],
    [
      "one key that made two messages",
      entry({ message: DELIVERED, answers: [200], messageIds: ["msg_1", "msg_2"] }),
    ],
    [
      "a cancelled message that was delivered",
      entry({ message: DELIVERED, answers: [200], cancelConfirmed: true }),
    ],
    [
      "a failure that the target did not cause",
      entry({ message: { ...DELIVERED, status: "FAILED" }, answers: [200] }),
    ],
    [
      "attempts with a gap",
      entry({ message: { ...DELIVERED, attempts: [attempt(2, "SUCCEEDED", 200)] }, answers: [200] }),
    ],
  ];
  test.each(cases)("%s", (_name, one) => {
    expect(drawUp([one]).problems.length).toBeGreaterThan(0);
  });
});
