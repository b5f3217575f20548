import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../duration.ts";
import type { Message } from "../message/message.ts";
import { buildMessage } from "../testing/build-message.ts";
import { NOON } from "../testing/test-clock.ts";
import { type DueAction, dueAction } from "./due-action.ts";

const pending: Partial<Message> = { status: "PENDING", dueAt: NOON };
const queued: Partial<Message> = { status: "QUEUED", dueAt: NOON };
const processing: Partial<Message> = {
  status: "PROCESSING",
  dueAt: NOON,
  claimId: "c",
  leaseUntil: NOON + 1,
};
const waiting: Partial<Message> = { ...pending, waitsForTurn: true };
const gaveUp = (reason: "EXPIRED" | "SEND_EXHAUSTED" | "BLOCKED"): DueAction => ({ kind: "giveUp", reason });

describe("what a message needs", () => {
  it.each<[string, Partial<Message>, DueAction | undefined]>([
    ["PENDING and due: to be sent", pending, { kind: "enqueue" }],
    ["PENDING and not due: nothing", { ...pending, dueAt: NOON + 1 }, undefined],
    [
      "PENDING, its wait over within a minute: to be sent, the queue waits for the rest",
      { ...pending, dueAt: NOON + MINUTE, notBefore: NOON + MINUTE },
      { kind: "enqueue" },
    ],
    [
      "PENDING, its wait over later: nothing",
      { ...pending, dueAt: NOON + MINUTE + 1, notBefore: NOON + MINUTE + 1 },
      undefined,
    ],
    [
      "PENDING, backing off after a failed send although its wait is over sooner: nothing",
      { ...pending, dueAt: NOON + 2, notBefore: NOON + 1 },
      undefined,
    ],
    [
      "PENDING and due, its last moment now: to be sent",
      { ...pending, deliverBy: NOON },
      { kind: "enqueue" },
    ],
    ["PENDING and due, useless by now: given up", { ...pending, deliverBy: NOON - 1 }, gaveUp("EXPIRED")],
    [
      "PENDING, useless before its next attempt: given up",
      { ...pending, dueAt: NOON + 9, notBefore: NOON + 9, deliverBy: NOON + 8 },
      gaveUp("EXPIRED"),
    ],
    [
      "PENDING, every send refused for a week: given up",
      { ...pending, sendFailingSince: NOON - 7 * DAY },
      gaveUp("SEND_EXHAUSTED"),
    ],
    [
      "PENDING, every send refused for almost a week: to be sent",
      { ...pending, sendFailingSince: NOON - 7 * DAY + 1 },
      { kind: "enqueue" },
    ],
    ["waiting for its turn, not seen in line: to join", waiting, { kind: "join" }],
    [
      "… whatever its copy could be given as a delay",
      { ...waiting, dueAt: NOON + 1, notBefore: NOON + 1 },
      undefined,
    ],
    ["… at its last moment: to join", { ...waiting, deliverBy: NOON }, { kind: "join" }],
    ["… useless by now: given up", { ...waiting, deliverBy: NOON - 1 }, gaveUp("EXPIRED")],
    ["waiting in line, and its wait over: given up", { ...waiting, inLine: true }, gaveUp("BLOCKED")],
    ["… at its last moment: nothing", { ...waiting, inLine: true, deliverBy: NOON }, undefined],
    ["… useless by now: given up", { ...waiting, inLine: true, deliverBy: NOON - 1 }, gaveUp("EXPIRED")],
    ["QUEUED and due: its copy is lost", queued, { kind: "orphan" }],
    ["QUEUED, due within a minute: nothing, its copy may come", { ...queued, dueAt: NOON + 1 }, undefined],
    ["PROCESSING, due, its lease alive: to be looked at later", processing, { kind: "awaitLease" }],
    ["PROCESSING, its lease alive, not due: nothing", { ...processing, dueAt: NOON + 1 }, undefined],
    ["PROCESSING, its lease over: taken away", { ...processing, leaseUntil: NOON }, { kind: "endLease" }],
    [
      "PROCESSING, its lease over before it is due: taken away",
      { ...processing, leaseUntil: NOON - HOUR, dueAt: NOON + 30 },
      { kind: "endLease" },
    ],
  ])("%s", (_name, over, expected) => {
    expect(dueAction(buildMessage(over), NOON)).toEqual(expected);
  });

  it.each(["COMPLETED", "FAILED", "CANCELLED"] as const)("%s: nothing", (status) => {
    const { dueAt: _, ...finished } = buildMessage({ status });
    expect(dueAction(finished, NOON + DAY)).toBeUndefined();
  });
});
