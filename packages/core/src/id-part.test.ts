import { describe, expect, it } from "vitest";
import { hasPart, timesOf } from "./id-part.ts";
import { newMessageId } from "./message/message-id.ts";

/** https://github.com/ulid/javascript: `ulid(1469918176385)` begins with 01ARYZ6S41. */
const [TIME, BEGINNING] = [1_469_918_176_385, "01ARYZ6S41"];
const times = (text: string) => timesOf({ text, isBeginning: true });

describe("the beginning of an id", () => {
  it("is a time, the more exactly the longer it is", () => {
    expect(times(BEGINNING)).toEqual({ since: TIME, until: TIME + 1 });
    expect(times(`${BEGINNING}TSV4`)).toEqual({ since: TIME, until: TIME + 1 });
    // The last digit of ten is 1: the tens before it begin a millisecond earlier, and there are 32 of them.
    expect(times("01ARYZ6S4")).toEqual({ since: TIME - 1, until: TIME - 1 + 32 });
    expect(times("0")).toEqual({ since: 0, until: 32 ** 9 });
  });

  it("is the time of every id that was made then", () => {
    for (const now of [TIME, Date.UTC(2026, 10, 22), Date.UTC(2100, 0, 1, 1, 2, 3, 4)]) {
      const id = newMessageId(now);
      for (let length = 1; length <= 26; length += 1) {
        const { since, until } = times(id.slice(4, 4 + length)) ?? { since: 0, until: 0 };
        expect(since <= now && now < until).toBe(true);
      }
    }
  });

  it("may be anything if it need not be the beginning", () => {
    expect(timesOf({ text: BEGINNING, isBeginning: false })).toBeUndefined();
  });
});

it("a part is a part of the characters, never of the prefix, and no pattern", () => {
  const has = (text: string, isBeginning = false) =>
    hasPart("msg_01ARYZ6S41TSV4RRFFQ69G5FAV", { text, isBeginning });
  expect([has("TSV4"), has("5FAV"), has("01AR"), has("01AR", true)]).toEqual(Array(4).fill(true));
  expect([has("TSV4", true), has("MSG_"), has("msg_"), has("g_01"), has("%"), has("____")]).toEqual(
    Array(6).fill(false),
  );
});
