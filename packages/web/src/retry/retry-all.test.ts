import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/api-error.ts";
import type { BulkRetryRequest, BulkRetryResult } from "../api/types.ts";
import { type Progress, retryAll } from "./retry-all.ts";

const never = new AbortController().signal;
const until = "2026-11-22T01:00:00.000Z";

/** Answers one call after the other; an error is thrown. */
function api(...answers: readonly (BulkRetryResult | Error)[]) {
  const requests: BulkRetryRequest[] = [];
  const left = [...answers];
  const retryMany = async (request: BulkRetryRequest) => {
    requests.push(request);
    const answer = left.shift();
    if (answer === undefined) throw new Error("called too often");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { requests, deps: { retryMany, pause: vi.fn(async () => undefined) } };
}

describe("bulk retry", () => {
  it("goes on from cursor to cursor until there is none, adding up", async () => {
    const { requests, deps } = api(
      { retried: 100, skipped: 0, nextCursor: "c1" },
      { retried: 5, skipped: 2 },
    );
    const seen: Progress[] = [];
    await retryAll(deps, { senderId: "acme", until }, never, (progress) => seen.push(progress));
    expect(requests).toEqual([
      { senderId: "acme", until, limit: 100 },
      { senderId: "acme", until, limit: 100, cursor: "c1" },
    ]);
    expect(seen).toEqual([
      { retried: 100, skipped: 0 },
      { retried: 105, skipped: 2 },
    ]);
  });

  it("repeats a step that failed for a reason that passes", async () => {
    const { requests, deps } = api(new ApiError(503, {}), new ApiError(0, {}), { retried: 1, skipped: 0 });
    await retryAll(deps, { until }, never, () => undefined);
    expect(requests).toHaveLength(3);
    expect(deps.pause).toHaveBeenCalledTimes(2);
  });

  it("gives up after four failures in a row, and at once on a refusal", async () => {
    const failing = api(...Array.from({ length: 9 }, () => new ApiError(503, {})));
    await expect(retryAll(failing.deps, { until }, never, () => undefined)).rejects.toBeInstanceOf(ApiError);
    expect(failing.requests).toHaveLength(4);
    const refusing = api(new ApiError(403, {}));
    await expect(retryAll(refusing.deps, { until }, never, () => undefined)).rejects.toBeInstanceOf(ApiError);
    expect(refusing.requests).toHaveLength(1);
  });

  it("stops between two steps when asked to", async () => {
    const abort = new AbortController();
    const { requests, deps } = api({ retried: 100, skipped: 0, nextCursor: "c1" });
    await expect(retryAll(deps, { until }, abort.signal, () => abort.abort())).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });
});
