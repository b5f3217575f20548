import { describe, expect, it } from "vitest";
import { areaPath, linePath, valueTicks } from "./scales.ts";

describe("a chart", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [2, [0, 1, 2]],
    [7, [0, 5, 10]],
    [60, [0, 20, 40, 60]],
    [1_250, [0, 500, 1_000, 1_500]],
  ])("whose highest value is %d has round numbers up to it or beyond", (highest, ticks) => {
    expect(valueTicks(highest)).toEqual(ticks);
  });

  it("draws no line through what is not known", () => {
    expect(linePath([undefined, 0, 10], 10)).toBe("M500,100L1000,0");
    expect(linePath([5, undefined, 10], 10)).toBe("M0,50M1000,0");
    expect(areaPath([undefined, 0, 10], 10)).toBe("M500,100L1000,0L1000,100L500,100Z");
  });
});
