/** How the dashboard keeps itself up to date: what is asked how often, and what happens when asking fails. */
import { MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { countWaiting } from "../overview/count-waiting.ts";
import { now } from "../ui/clock.ts";
import { fetchAccess, fetchEndpoints, fetchEvents, fetchPage, fetchStats } from "./api.ts";
import { backoffMs, isTransient } from "./api-error.ts";

/** First in the key of what loads a part of the dashboard, in `lazyPart`. */
export const PART = "part";

/** First in the key of a list's pages, which are kept current by looks instead of being fetched anew. */
export const FEED = "feed";

const STATS_EVERY_MS = 3_000;
export const HEAD_EVERY_MS = 3_000;
const WAITING_EVERY_MS = 5_000;
/** Counting what waits takes a call for every hundred messages. */
const MANY_WAITING = 100;
const MANY_WAITING_EVERY_MS = 15_000;
const FAN_OUT_EVERY_MS = 15_000;
const UNMATCHED_WITHIN_MS = 60 * 60_000;
const DROPPED_WITHIN_MS = 24 * 60 * 60_000;

/**
 * Polling pauses while the page is hidden. While calls fail for reasons that pass, each is repeated with
 * growing pauses and the data last seen stays; `failureCount` says since how many tries.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        // The API may be on this very machine: being offline says nothing about it.
        networkMode: "always",
        retry: (_failures, error) => isTransient(error),
        retryDelay: (failures, error) => backoffMs(failures, error),
        refetchOnWindowFocus: true,
        staleTime: 1_000,
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** What one key saw is not for the next one. Parts of the dashboard itself stay: they are for everybody. */
export function forgetAnswers(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== PART });
}

export const accessQuery = (key: string) =>
  queryOptions({
    queryKey: ["access", key],
    queryFn: ({ signal }) => fetchAccess(key, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const statsQuery = (senderId: string | undefined) =>
  queryOptions({
    queryKey: ["stats", senderId],
    queryFn: ({ signal }) => fetchStats(senderId, signal),
    refetchInterval: STATS_EVERY_MS,
  });

export const waitingQuery = queryOptions({
  queryKey: ["waiting"],
  queryFn: ({ signal }) => countWaiting(fetchPage, now, signal),
  refetchInterval: ({ state }) => {
    const { retries = 0, scheduled = 0 } = state.data ?? {};
    return retries + scheduled > MANY_WAITING ? MANY_WAITING_EVERY_MS : WAITING_EVERY_MS;
  },
});

/** Of the last hour, as far as one page of them goes. */
export const unmatchedQuery = queryOptions({
  queryKey: ["unmatched"],
  queryFn: async ({ signal }) => {
    const since = new Date(now() - UNMATCHED_WITHIN_MS).toISOString();
    const { items, nextCursor } = await fetchEvents({ matched: "none", since, limit: "100" }, signal);
    return { count: items.length, isCapped: nextCursor !== undefined };
  },
  refetchInterval: FAN_OUT_EVERY_MS,
});

/** Endpoints that Homing itself has disabled lately, because nothing came home there. */
export const droppedQuery = queryOptions({
  queryKey: ["dropped"],
  queryFn: async ({ signal }) => {
    const { items } = await fetchEndpoints({ state: "DISABLED", limit: "100" }, signal);
    const since = new Date(now() - DROPPED_WITHIN_MS).toISOString();
    return items.filter((one) => one.stateReason !== "REQUESTED" && one.stateSince >= since).length;
  },
  refetchInterval: FAN_OUT_EVERY_MS,
});
