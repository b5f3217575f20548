import { describe, expect, it } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

/** Sunday, 6 November 1994, 08:49:00 UTC: 37 s before the example date of RFC 9110 §5.6.7. */
const NOW = Date.UTC(1994, 10, 6, 8, 49, 0);
const DAY_MS = 86_400_000;

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 120 ", 120_000],
    ["86400", DAY_MS],
    ["86401", DAY_MS],
    ["9".repeat(400), DAY_MS],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
    ["Sun Nov  6 08:49:37 1994", 37_000],
    ["Sun, 06 Nov 1994 08:48:00 GMT", 0],
    ["Tue, 06 Nov 1894 08:49:37 GMT", 0],
    ["Tue, 06 Dec 1994 08:49:37 GMT", DAY_MS],
    ["Sun, 06 Nov 1994 08:49:60 GMT", 60_000],
    // Discord's; never earlier than asked.
    ["64.57", 65_000],
    ["1.0", 1_000],
    ["0.001", 1_000],
    // Two headers, joined (RFC 9110 §5.3): whoever sends both means both.
    ["2814, 2", 2_814_000],
    ["2,2814", 2_814_000],
    ["120, 120", 120_000],
    ["5, soon", 5_000],
    ["soon, 5", 5_000],
    ["Later, 5", 5_000],
    ["5, Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["Sun, 06 Nov 1994 08:49:37 GMT, 5", 37_000],
    ["Sun, 06 Nov 1994 08:49:37 GMT, Sunday, 06-Nov-94 08:49:47 GMT", 47_000],
    ["Sun Nov  6 08:49:37 1994, 90.5", 91_000],
  ])("%j means %d ms", (value, delayMs) => {
    expect(parseRetryAfter(value, NOW)).toBe(delayMs);
  });

  it.each([
    undefined,
    "",
    "-1",
    "+5",
    "1e3",
    "0x10",
    "1.",
    ".5",
    "1.5.2",
    "soon",
    "soon, later",
    "Sun",
    ",",
    "5 s",
    "1994-11-06T08:49:37Z",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
  ])("%j is ignored", (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });

  it("costs no time, however many a receiver sends", () => {
    expect(parseRetryAfter("1,".repeat(8_192), NOW)).toBe(1_000);
    expect(parseRetryAfter("Sun,".repeat(8_192), NOW)).toBeUndefined();
  });

  it("reads a two-digit year as the nearest that is not more than 50 years ahead", () => {
    const in2026 = Date.UTC(2026, 10, 22, 12, 0, 0);
    expect(parseRetryAfter("Sunday, 22-Nov-26 12:00:30 GMT", in2026)).toBe(30_000);
    expect(parseRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", in2026)).toBe(0);
  });
});
