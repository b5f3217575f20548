/** How the dashboard keeps itself up to date: what is asked how often, and what happens when asking fails. */
import { MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { countWaiting } from "../overview/count-waiting.ts";
import { now } from "../ui/clock.ts";
import { fetchAccess, fetchMessage, fetchPage, fetchStats } from "./api.ts";
import { backoffMs, isTransient } from "./api-error.ts";
import type { Message } from "./types.ts";

/** First in the key of what loads a part of the dashboard, in `lazyPart`. */
export const PART = "part";

/** First in the key of a list's pages, which are kept current by looks instead of being fetched anew. */
export const FEED = "feed";

const STATS_EVERY_MS = 3_000;
export const HEAD_EVERY_MS = 3_000;
const UNFINISHED_EVERY_MS = 1_500;
const FINISHED_EVERY_MS = 15_000;
/** A message whose next step is far away is looked at less often, but never so rarely that it seems forgotten. */
const WAITING_EVERY_MS = 5_000;
const FAR_AWAY_MS = 15_000;
/** Counting what waits takes a call for every hundred messages. */
const MANY_WAITING = 100;
const MANY_WAITING_EVERY_MS = 15_000;

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

export const messageQuery = (messageId: string) =>
  queryOptions({
    queryKey: ["message", messageId],
    queryFn: ({ signal }) => fetchMessage(messageId, signal),
    refetchInterval: ({ state }) => (state.data ? pollMessageEveryMs(state.data.message, now()) : false),
  });

/** Often while something is about to happen to the message, seldom once it is finished. */
export function pollMessageEveryMs(
  message: Pick<Message, "finishedAt" | "nextAttemptAt">,
  at: number,
): number {
  if (message.finishedAt) return FINISHED_EVERY_MS;
  const untilNextMs = message.nextAttemptAt ? Date.parse(message.nextAttemptAt) - at : 0;
  return untilNextMs > FAR_AWAY_MS ? WAITING_EVERY_MS : UNFINISHED_EVERY_MS;
}
