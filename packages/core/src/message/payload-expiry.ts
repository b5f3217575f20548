import { DAY, SECOND } from "../duration.ts";

/** Covers the longest schedule, a week of failing sends and every Retry-After; a manual retry begins it anew. */
export const LONGEST_LIFE_MS = 30 * DAY;

/** When the payload and the attempts of a message may be forgotten: safely later than the message itself. */
export function payloadExpiresAt(now: number, deliverAt: number | undefined, retentionMs: number): number {
  const expiresAt = Math.max(now, deliverAt ?? 0) + LONGEST_LIFE_MS + retentionMs;
  // Whole seconds: DynamoDB's time to live counts in them.
  return Math.ceil(expiresAt / SECOND) * SECOND;
}
