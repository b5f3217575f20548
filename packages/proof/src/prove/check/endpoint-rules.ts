import type { Endpoint } from "@homing/core/endpoint/endpoint";

/** What is wrong with a change of an endpoint; undefined if nothing is. What it may hold makes it due, and nothing else. */
export function wrongEndpoint(before: Endpoint | undefined, after: Endpoint): string | undefined {
  const { state, dueAt, expiresAt, revision } = after;
  if (before && revision !== before.revision + 1 && before.expiresAt === undefined)
    return "a change of an endpoint adds exactly 1 to its revision";
  if (state === "PAUSED" && dueAt !== undefined) return "an endpoint that is PAUSED is due";
  if (before?.state === "PAUSED" && state !== "PAUSED" && dueAt === undefined)
    return "an endpoint is no longer PAUSED, and nobody will look for what it has held";
  if (expiresAt !== undefined && (state !== "DELETED" || dueAt !== undefined))
    return "an endpoint that is not gone expires";
  const isLeft = state === "DELETED" && dueAt === undefined && expiresAt === undefined;
  return isLeft ? "an endpoint that is deleted is neither due nor does it expire" : undefined;
}
