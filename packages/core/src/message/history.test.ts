import { describe, expect, it } from "vitest";
import { appendHistory } from "./history.ts";
import type { HistoryEntry } from "./message.ts";

const entry = (at: number): HistoryEntry => ({
  at,
  from: "PENDING",
  to: "QUEUED",
  reason: "ENQUEUED",
  correlationId: "c",
});
const entries = (count: number, first = 1) => Array.from({ length: count }, (_, i) => entry(first + i));

describe("the history", () => {
  it("keeps fifty entries whole", () => {
    expect(appendHistory(entries(49), 0, entry(50))).toEqual({ history: entries(50), omitted: 0 });
  });

  it("from the fifty-first on keeps the first 10 and the latest 40 and counts the rest", () => {
    expect(appendHistory(entries(50), 0, entry(51))).toEqual({
      history: [...entries(10), ...entries(40, 12)],
      omitted: 1,
    });
  });

  it("goes on counting, also when more than one is too many", () => {
    const history = [...entries(10), ...entries(41, 20)];
    expect(appendHistory(history, 9, entry(61))).toEqual({
      history: [...entries(10), ...entries(40, 22)],
      omitted: 11,
    });
  });
});
