import type { HttpClient } from "@homing/core/delivery/http-client";
import { StorageError } from "@homing/core/store/message-store";
import type { Database } from "../sqlite/database.ts";

/** A claim is granted with a second to spare for what comes between it and its request. */
const LONGEST_WAIT_MS = 500;

/**
 * The client, whose requests wait until everything is safe that was written before: the claim, above all, which the
 * worker was told of at once. If that is undone, or the disk takes too long, nothing leaves.
 */
export function requestsWhenSafe(
  http: Required<HttpClient>,
  database: Pick<Database, "count" | "settledSince">,
  nowMs: () => number = () => performance.now(),
): HttpClient {
  return {
    request: (request, limits) => http.request(request, limits),
    reserve: async (url, waitMs) => {
      const slot = await http.reserve(url, waitMs);
      if (slot === undefined) return undefined;
      const before = database.count;
      return {
        request: async (request, limits) => {
          const askedAt = nowMs();
          await database.settledSince(before);
          if (nowMs() - askedAt > LONGEST_WAIT_MS) {
            throw new StorageError(true, true, new Error("The disk took too long for a claim."), false);
          }
          return slot.request(request, limits);
        },
        release: () => slot.release(),
      };
    },
  };
}
