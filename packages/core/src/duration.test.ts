import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

describe("a duration", () => {
  it.each([
    ["0s", 0],
    ["250ms", 250],
    ["5s", 5_000],
    ["30m", 1_800_000],
    ["2h", 7_200_000],
    ["30d", 2_592_000_000],
    ["007s", 7_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    "",
    "5",
    "s",
    "5 s",
    " 5s",
    "5s ",
    "5s\n",
    "-5s",
    "1.5s",
    "1e3s",
    "5S",
    "5min",
    "5w",
    "5s5s",
    "٥s",
  ])("is not %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("is not one whose milliseconds cannot be counted exactly", () => {
    expect(parseDuration("104249992d")).toBeUndefined();
    expect(parseDuration(`${"9".repeat(400)}ms`)).toBeUndefined();
  });

  it.each([
    [0, "0ms"],
    [999, "999ms"],
    [1_000, "1s"],
    [90_000, "90s"],
    [60_000, "1m"],
    [3_600_000, "1h"],
    [86_400_000, "1d"],
    [90_061_001, "90061001ms"],
  ])("%d ms is written %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });
});
