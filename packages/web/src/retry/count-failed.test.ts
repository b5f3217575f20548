import { expect, it } from "vitest";
import type { BulkRetryRequest, DryRunResult } from "../api/types.ts";
import { countFailed } from "./count-failed.ts";

const never = new AbortController().signal;

it("counts over all steps of a dry run, with the filter of the retry", async () => {
  const requests: BulkRetryRequest[] = [];
  const answers: DryRunResult[] = [
    { matching: 1_000, skipped: 0, nextCursor: "c1" },
    // A step that ended after its ten seconds.
    { matching: 0, skipped: 0, nextCursor: "c2" },
    { matching: 7, skipped: 0 },
  ];
  const seen: number[] = [];
  const countMany = async (request: BulkRetryRequest) => {
    requests.push(request);
    return answers.shift() ?? { matching: 0, skipped: 0 };
  };
  const counted = await countFailed(countMany, { senderId: "acme" }, never, (count) => seen.push(count));
  expect(counted).toEqual({ count: 1_007, isCapped: false });
  expect(seen).toEqual([1_000, 1_000, 1_007]);
  expect(requests).toEqual([
    { senderId: "acme", limit: 1_000 },
    { senderId: "acme", limit: 1_000, cursor: "c1" },
    { senderId: "acme", limit: 1_000, cursor: "c2" },
  ]);
});

it("stops at 10,000 and says that there are more", async () => {
  const endless = async (): Promise<DryRunResult> => ({ matching: 1_000, skipped: 0, nextCursor: "more" });
  expect(await countFailed(endless, {}, never, () => undefined)).toEqual({ count: 10_000, isCapped: true });
});
