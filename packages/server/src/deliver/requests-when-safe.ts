import { type Clock, elapsedMs, momentOf } from "@homing/core/clock";
import type { HttpClient } from "@homing/core/delivery/http-client";
import { StorageError } from "@homing/core/store/message-store";
import type { Database } from "../sqlite/database.ts";

/** Left of a lease beyond its request's own deadline when that leaves (rule 7 of the lifecycle). */
const LEASE_RESERVE_MS = 1_000;

export interface WhenSafeOptions {
  readonly database: Pick<Database, "count" | "settledSince">;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/**
 * The client, whose requests wait until everything is safe that was written before: the claim, above all, which the
 * worker was told of at once. If that is undone, or the disk takes so long that the claim could end first, nothing
 * leaves.
 */
export function requestsWhenSafe(
  http: Required<HttpClient>,
  { database, clock, leaseMs }: WhenSafeOptions,
): HttpClient {
  return {
    request: (request, limits) => http.request(request, limits),
    reserve: async (url, waitMs) => {
      const slot = await http.reserve(url, waitMs);
      if (slot === undefined) return undefined;
      // Before the claim: it lasts longer than is counted from here.
      const [before, since] = [database.count, momentOf(clock)];
      return {
        request: async (request, limits) => {
          await database.settledSince(before);
          if (elapsedMs(clock, since) + limits.timeoutMs + LEASE_RESERVE_MS > leaseMs) {
            throw new StorageError(true, true, new Error("The disk took too long for a claim."), false);
          }
          return slot.request(request, limits);
        },
        release: () => slot.release(),
      };
    },
  };
}
