import { describe, expect, it } from "vitest";
import { ApiError, backoffMs, describeError, isTransient } from "./api-error.ts";

describe("failed calls", () => {
  it("are repeated if nothing answered, the API was busy or it failed; never if it refused", () => {
    expect([0, 429, 500, 503].map((status) => isTransient(new ApiError(status, {})))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([400, 401, 403, 404, 409].map((status) => isTransient(new ApiError(status, {})))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("are repeated after 1, 2, 4 s and so on up to 15 s, later if the API asks for it, up to a quarter more", () => {
    const none = () => 0;
    const most = () => 1;
    const error = new ApiError(503, {});
    expect([0, 1, 2, 9].map((failures) => backoffMs(failures, error, none))).toEqual([
      1_000, 2_000, 4_000, 15_000,
    ]);
    expect(backoffMs(0, error, most)).toBe(1_250);
    expect(backoffMs(0, new ApiError(429, {}, 7_000), none)).toBe(7_000);
  });

  it("are told in the API's own words, with the correlation id where it failed", () => {
    expect(describeError(new ApiError(409, { detail: "An attempt is running." }))).toBe(
      "An attempt is running.",
    );
    expect(
      describeError(new ApiError(503, { detail: "Storage is unavailable.", correlationId: "c-1" })),
    ).toBe("Storage is unavailable. (correlation id c-1)");
    expect(describeError(new ApiError(400, { errors: [{ path: "since", message: "must be a time" }] }))).toBe(
      "since must be a time.",
    );
    expect(describeError(new ApiError(0, {}))).toBe("Homing's API cannot be reached.");
  });
});
