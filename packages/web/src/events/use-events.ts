import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchEvents } from "../api/api.ts";
import { nextPage } from "../api/next-page.ts";
import { FEED, HEAD_EVERY_MS } from "../api/queries.ts";
import type { EventPage } from "../api/types.ts";
import { arrivalsIn, currentEvents } from "./event-feed.ts";
import { type EventFilter, eventQuery } from "./filter.ts";

const PAGE = "100";

type Pages = InfiniteData<EventPage, string | undefined>;

/**
 * The events of a filter, newest first: pages on demand, which stay where they are. A look at the top shows their
 * present state and counts those that are new.
 */
export function useEvents(filter: EventFilter) {
  const client = useQueryClient();
  const key = useMemo(() => [FEED, "events", filter] as const, [filter]);
  const fetchFrom = (cursor: string | undefined, signal: AbortSignal) =>
    fetchEvents({ ...eventQuery(filter), limit: PAGE, ...(cursor ? { cursor } : {}) }, signal);
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => nextPage((cursor) => fetchFrom(cursor, signal), pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const head = useQuery({
    queryKey: ["head", "events", filter],
    queryFn: ({ signal }) => fetchFrom(undefined, signal),
    refetchInterval: HEAD_EVERY_MS,
    enabled: pages.isSuccess,
  });
  const events = useMemo(
    () => currentEvents(pages.data?.pages.flatMap(({ items }) => items) ?? [], head.data?.items ?? []),
    [pages.data, head.data],
  );
  const arrivals = arrivalsIn(events, head.data?.items ?? []);
  /** Starts the list over with what the latest look at its top has seen. */
  const showArrivals = () => {
    const seen = head.data;
    if (seen) client.setQueryData<Pages>(key, { pages: [seen], pageParams: [undefined] });
  };
  return { pages, head, events, arrivals, showArrivals };
}
