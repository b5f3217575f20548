import { expect, it } from "vitest";
import { ApiError } from "../api/api-error.ts";
import { isDoneAlready } from "./done-already.ts";

const conflict = (messageStatus?: string) => new ApiError(409, messageStatus ? { messageStatus } : {});

it.each([
  ["retry", "QUEUED", true],
  ["retry", "COMPLETED", true],
  ["retry", "FAILED", false],
  ["cancel", "CANCELLED", true],
  ["cancel", "PROCESSING", false],
  ["cancel", "COMPLETED", false],
  ["resolve", "FAILED", true],
  ["resolve", "QUEUED", false],
] as const)(
  "a refusal to %s what is %s after a lost answer: done already is %s",
  (kind, status, expected) => {
    expect(isDoneAlready(kind, conflict(status))).toBe(expected);
  },
);

it("any other refusal, or one that says no status, is a refusal", () => {
  expect(isDoneAlready("retry", conflict())).toBe(false);
  expect(isDoneAlready("retry", new ApiError(403, { messageStatus: "QUEUED" }))).toBe(false);
  expect(isDoneAlready("retry", new Error("of the dashboard"))).toBe(false);
});
