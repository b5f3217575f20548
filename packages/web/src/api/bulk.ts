/** The calls that resolve, or cancel, many messages; one stretch each. */
import type { StepCount } from "../retry/count-failed.ts";
import type { StepResult } from "../retry/retry-all.ts";
import { v1 } from "./client.ts";
import type { BulkCancelRequest, BulkResolveRequest } from "./types.ts";

export async function countResolvable(json: BulkResolveRequest, signal: AbortSignal): Promise<StepCount> {
  return (await resolveStretch({ ...json, dryRun: true }, signal)) as StepCount;
}

export async function resolveMany(json: BulkResolveRequest, signal: AbortSignal): Promise<StepResult> {
  const { resolved, ...rest } = (await resolveStretch(json, signal)) as Omit<StepResult, "retried"> & {
    readonly resolved: number;
  };
  return { retried: resolved, ...rest };
}

async function resolveStretch(json: BulkResolveRequest & { readonly dryRun?: true }, signal: AbortSignal) {
  const filter = { status: "FAILED" as const, ...json };
  return (await v1.messages.resolve.$post({ json: filter }, { init: { signal } })).json();
}

export async function countCancellable(json: BulkCancelRequest, signal: AbortSignal): Promise<StepCount> {
  return throughBoth(json, async (stretch) => {
    const body = { ...stretch, dryRun: true as const };
    return (await (await v1.messages.cancel.$post({ json: body }, { init: { signal } })).json()) as StepCount;
  });
}

export async function cancelMany(json: BulkCancelRequest, signal: AbortSignal): Promise<StepResult> {
  return throughBoth(json, async (stretch) => {
    const answer = await (await v1.messages.cancel.$post({ json: stretch }, { init: { signal } })).json();
    const { cancelled, ...rest } = answer as Omit<StepResult, "retried"> & { readonly cancelled: number };
    return { retried: cancelled, ...rest };
  });
}

const WAITING = ["PENDING", "QUEUED"] as const;
type CancelStretch = BulkCancelRequest & { readonly status: (typeof WAITING)[number] };

/** What waits has one of two statuses, and the API takes one at a time: the cursor says in which it stands. */
async function throughBoth<Answer extends { readonly nextCursor?: string | undefined }>(
  { cursor = "PENDING ", ...json }: BulkCancelRequest,
  ask: (stretch: CancelStretch) => Promise<Answer>,
): Promise<Answer> {
  const status = WAITING.find((one) => cursor.startsWith(`${one} `)) ?? "PENDING";
  const place = cursor.slice(status.length + 1);
  const answer = await ask({ ...json, status, ...(place ? { cursor: place } : {}) });
  if (answer.nextCursor !== undefined) return { ...answer, nextCursor: `${status} ${answer.nextCursor}` };
  return status === "PENDING" ? { ...answer, nextCursor: "QUEUED " } : answer;
}
