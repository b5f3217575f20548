import { expect, test } from "vitest";
import { outOfSequence, overtaken } from "./ordered-traffic.ts";

const request = (orderingKey: string, sequence: number, messageId: string) => ({
  orderingKey,
  sequence,
  messageId,
});

test("rising numbers with gaps, each with any number of requests of its own message, are in order", () => {
  expect(
    outOfSequence([
      request("one", 5, "a"),
      request("two", 3, "x"),
      request("one", 5, "a"),
      request("one", 9, "b"),
      request("two", 4, "y"),
    ]),
  ).toEqual([]);
});

test("a request of an earlier message after a later one's is out of order", () => {
  expect(outOfSequence([request("one", 5, "a"), request("one", 6, "b"), request("one", 5, "a")])).toEqual([
    "key one: a request of a (5) after one of b (6)",
  ]);
});

test("two messages with one number are out of order", () => {
  expect(outOfSequence([request("one", 5, "a"), request("one", 5, "b")])).toHaveLength(1);
});

test("a producer's message that comes before the one it had been answered for is out of order", () => {
  const sent = ["a", "b"].map((id, number) => ({
    orderingKey: "one",
    producer: 3,
    number,
    messageIds: new Set([id]),
  }));
  const seen = (...ids: string[]) => new Map(ids.map((id, at) => [id, at]));
  expect(overtaken(sent, seen("a", "b"))).toEqual([]);
  expect(overtaken(sent, seen("b", "a"))).toEqual([
    "key one: message 1 of producer 3 has overtaken an earlier one",
  ]);
});
