import { expect, it } from "vitest";
import type { Message } from "../message/message.ts";
import { buildMessage } from "../testing/build-message.ts";
import { judge, type Verdict } from "./judge.ts";
import { placeOf } from "./place.ts";

const key = { senderId: "acme", orderingKey: "order-1" };
const { pendingReason: _, ...built } = buildMessage({ orderingKey: "order-1" });
const place = placeOf(built);

it.each<[string, Partial<Message>, Verdict]>([
  ["waits for its turn", { status: "PENDING", waitsForTurn: true }, "waits"],
  ["had its turn and waits for its next attempt", { status: "PENDING" }, "atWork"],
  ["is queued", { status: "QUEUED" }, "atWork"],
  ["is being delivered", { status: "PROCESSING" }, "atWork"],
  ["is completed", { status: "COMPLETED" }, "passed"],
  ["is cancelled", { status: "CANCELLED" }, "passed"],
  ["was cancelled while it waited", { status: "CANCELLED", waitsForTurn: true }, "passed"],
  ["has failed", { status: "FAILED" }, "passed"],
  ["has failed and blocks", { status: "FAILED", afterFailure: "block" }, "blocks"],
  [
    "blocks, and waited until it was given up",
    { status: "FAILED", afterFailure: "block", waitsForTurn: true },
    "blocks",
  ],
  ["blocked until it was skipped", { status: "FAILED", afterFailure: "block", skippedAt: 1 }, "passed"],
  ["is completed, and would have blocked", { status: "COMPLETED", afterFailure: "block" }, "passed"],
  ["stands elsewhere, in a later round", { status: "PENDING", waitsForTurn: true, round: 1 }, "passed"],
  ["blocks in a later round", { status: "FAILED", afterFailure: "block", round: 1 }, "passed"],
  ["began another life in another lane", { status: "QUEUED", orderingKey: "order-2" }, "passed"],
])("a message that %s", (_name, over, verdict) => {
  expect(judge(key, place, { ...built, ...over })).toBe(verdict);
});

it("a message that is gone was passed", () => {
  expect(judge(key, place, undefined)).toBe("passed");
});

it("a place of a later round is that round's", () => {
  const again = { ...built, round: 2 };
  expect(judge(key, placeOf(again), { ...again, status: "QUEUED" })).toBe("atWork");
  expect(judge(key, placeOf(again), { ...again, round: 3 })).toBe("passed");
});
